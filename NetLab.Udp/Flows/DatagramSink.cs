using NetLab.Udp.Sockets;

namespace NetLab.Udp.Flows;

/// <summary>
/// The receiving end of fire-and-forget flows: takes what is waiting on a socket, counts it by flow and hands the
/// payload on. Whatever is not a probe is counted and dropped.
/// </summary>
public sealed class DatagramSink
{
    /// <summary>How many flows are told apart; datagrams of further ones count as <see cref="Foreign"/>.</summary>
    public const int MaxFlows = 1024;

    private readonly DatagramSocket _socket;
    private readonly Dictionary<uint, FlowStatistics> _flows = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramSocket.MaxDatagramSize + 1);

    /// <summary>Makes a sink that has received nothing yet.</summary>
    /// <param name="socket">Receives; stays the caller's.</param>
    public DatagramSink(DatagramSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
    }

    /// <summary>Takes a payload that arrived for the first time.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its bytes, valid during the call.</param>
    /// <param name="from">Its sender.</param>
    public delegate void PayloadHandler(in ProbeHeader header, ReadOnlySpan<byte> payload, DatagramAddress from);

    /// <summary>Called for each new payload.</summary>
    public PayloadHandler? OnPayload { get; set; }

    /// <summary>Told of each datagram as it arrives, probe or not.</summary>
    public DatagramTap? Tap { get; set; }

    /// <summary>Datagrams that were no probes, were damaged, or belonged to one flow too many.</summary>
    public long Foreign { get; private set; }

    /// <summary>The flows seen so far, by number.</summary>
    public IReadOnlyDictionary<uint, FlowStatistics> Flows => _flows;

    /// <summary>Takes what is waiting.</summary>
    /// <param name="most">How many datagrams at most, so that the caller gets a turn.</param>
    /// <returns>How many were taken.</returns>
    public int Receive(int most = 256)
    {
        int taken = 0;
        while (taken < most)
        {
            DatagramReceiveStatus status = _socket.TryReceive(_buffer, out DatagramBatch batch);
            if (status == DatagramReceiveStatus.Empty)
            {
                break;
            }

            taken++;
            if (status == DatagramReceiveStatus.Refused)
            {
                continue;
            }

            int offset = 0;
            do
            {
                int length = Math.Min(batch.SegmentSize, batch.Length - offset);
                Take(_buffer.AsSpan(offset, length), batch);
                offset += length;
            }
            while (offset < batch.Length);
        }

        return taken;
    }

    private void Take(ReadOnlySpan<byte> datagram, in DatagramBatch batch)
    {
        Tap?.Invoke(batch.ReceivedAt, datagram, batch.From, false);
        if (!ProbeHeader.TryRead(datagram, out ProbeHeader header) || !TryFindFlow(header.Flow, out FlowStatistics? flow))
        {
            Foreign++;
        }
        else if (flow.Count(header, batch.ReceivedAt))
        {
            OnPayload?.Invoke(header, datagram[ProbeHeader.Size..], batch.From);
        }
    }

    private bool TryFindFlow(uint number, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FlowStatistics? flow)
    {
        if (_flows.TryGetValue(number, out flow))
        {
            return true;
        }

        if (_flows.Count >= MaxFlows)
        {
            return false;
        }

        _flows.Add(number, flow = new FlowStatistics());
        return true;
    }
}
