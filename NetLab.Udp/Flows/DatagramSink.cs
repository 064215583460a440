using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Flows;

/// <summary>
/// The receiving end of fire-and-forget flows: takes what is waiting on a socket, counts it by flow and hands the
/// payload on. Whatever is not a probe is counted and dropped.
/// </summary>
public sealed class DatagramSink
{
    /// <summary>
    /// How many flows are told apart at once. Of more, those of which only one datagram was ever seen are forgotten first.
    /// </summary>
    public const int MaxFlows = 256;

    private readonly PeerTable<FlowId, FlowStatistics> _flows = new(MaxFlows);
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramSocket.ReceiveBufferLength, pinned: true);

    // Datagrams come in runs of one flow: most are found without looking.
    private FlowId _latestId;
    private FlowStatistics? _latest;
    private bool _metAgain;
    private uint _bufferDrops;

    /// <summary>Makes a sink that has received nothing yet.</summary>
    /// <param name="bufferDrops">The socket's drops until now (<see cref="DatagramSocket.BufferDrops"/>): not of any flow to come.</param>
    public DatagramSink(uint bufferDrops = 0) => _bufferDrops = bufferDrops;

    /// <summary>Takes a payload that arrived for the first time.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its bytes, valid during the call.</param>
    /// <param name="from">Its sender.</param>
    public delegate void PayloadHandler(in ProbeHeader header, ReadOnlySpan<byte> payload, DatagramAddress from);

    /// <summary>Called for each new payload.</summary>
    public PayloadHandler? OnPayload { get; set; }

    /// <summary>Says which flows to count; others are <see cref="Foreign"/>. Null counts all.</summary>
    public Func<FlowId, bool>? Accepts { get; set; }

    /// <summary>
    /// Says which other sink counts a flow, so that whoever measures several at one socket has a sink for each; null for this one. A flow is
    /// counted where it was first; payloads are told of here.
    /// </summary>
    public Func<FlowId, DatagramSink?>? Route { get; set; }

    /// <summary>Told of each datagram as it arrives, probe or not.</summary>
    public DatagramTap? Tap { get; set; }

    /// <summary>Datagrams that were no probes, were damaged, or were of a flow that is not accepted.</summary>
    public long Foreign { get; private set; }

    /// <summary>Those of them that were no probes, or had been: damaged ones.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Whether a connected socket's peer has said that nobody listens there.</summary>
    public bool WasRefused { get; private set; }

    /// <summary>Notes a refusal that was learned by other means than <see cref="Receive"/>.</summary>
    public void NoteRefusal() => WasRefused = true;

    /// <summary>The flows known now, by sender and number.</summary>
    public IEnumerable<KeyValuePair<FlowId, FlowStatistics>> Flows => _flows.All;

    /// <summary>What is known of a flow; null if nothing (any more).</summary>
    public FlowStatistics? Find(FlowId id) => _flows.TryGet(id, out FlowStatistics? flow) ? flow : null;

    /// <summary>Takes what is waiting on a socket, always the same one.</summary>
    /// <param name="socket">Receives; stays the caller's.</param>
    /// <param name="most">How many system calls at most, so that the caller gets a turn.</param>
    /// <returns>How many were made that brought something.</returns>
    public int Receive(DatagramSocket socket, int most = 256)
    {
        ArgumentNullException.ThrowIfNull(socket);
        int taken = 0;
        while (taken < most)
        {
            DatagramReceiveStatus status = socket.TryReceive(_buffer, out DatagramBatch batch);
            if (status == DatagramReceiveStatus.Empty)
            {
                break;
            }

            taken++;
            if (status == DatagramReceiveStatus.Refused)
            {
                WasRefused = true;
                continue;
            }

            int offset = 0;
            do
            {
                int length = Math.Min(batch.SegmentSize, batch.Length - offset);
                Take(_buffer.AsSpan(offset, length), batch.From, batch.ReceivedAt, batch.BufferDrops);
                offset += length;
            }
            while (offset < batch.Length);
            _bufferDrops = batch.BufferDrops;
        }

        return taken;
    }

    /// <summary>Takes a datagram that was received by other means.</summary>
    /// <param name="datagram">It, header and all.</param>
    /// <param name="from">Its sender.</param>
    /// <param name="receivedAt">When it arrived.</param>
    /// <param name="bufferDrops">The socket's drops before it, as in <see cref="DatagramBatch.BufferDrops"/>.</param>
    public void Take(ReadOnlySpan<byte> datagram, in DatagramAddress from, Instant receivedAt, uint bufferDrops = 0)
    {
        Tap?.Invoke(receivedAt, datagram, from, false);
        if (!ProbeHeader.TryRead(datagram, out ProbeHeader header))
        {
            Foreign++;
            Unreadable++;
        }
        else if (FindOrAdd(new FlowId(from, header.Flow)) is not { } flow)
        {
            Foreign++;
        }
        else if (flow.Count(header, receivedAt, bufferDrops))
        {
            OnPayload?.Invoke(header, datagram[ProbeHeader.Size..], from);
        }
    }

    /// <summary>Forgets which sink a flow was counted in: whoever was measured is gone.</summary>
    public void Reroute() => _latest = null;

    private FlowStatistics? FindOrAdd(FlowId id)
    {
        if (_latest is not null && id == _latestId)
        {
            if (!_metAgain)
            {
                _metAgain = (Route?.Invoke(id) ?? this)._flows.TryMeet(id, out _);
            }

            return _latest;
        }

        if ((Route?.Invoke(id) ?? this).FindOrAdd(id, _bufferDrops) is not { } flow)
        {
            return null;
        }

        (_latestId, _latest, _metAgain) = (id, flow, false);
        return flow;
    }

    private FlowStatistics? FindOrAdd(FlowId id, uint bufferDrops)
    {
        if (!_flows.TryMeet(id, out FlowStatistics? flow))
        {
            if (Accepts?.Invoke(id) == false)
            {
                return null;
            }

            flow = new FlowStatistics(bufferDrops);
            _flows.Add(id, flow, out _);
        }

        return flow;
    }
}
