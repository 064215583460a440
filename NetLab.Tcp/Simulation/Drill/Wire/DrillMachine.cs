using System.Buffers.Binary;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>The machine under test, in virtual time: segments go in, what it sends waits to be compared, timers run when time is let pass.</summary>
internal sealed class DrillMachine
{
    private const ushort ServicePort = 8080;
    private const ushort FirstPeerPort = 30_000;
    private const uint PeerNetwork = 0xC000_0200;
    private const int BatchSize = 64;

    // A script of a few hundred lines makes a few thousand: more than these is a script that wants to fill memory or time.
    private const int MaxEmitted = 100_000;
    private const int MaxTimers = 1_000_000;

    private readonly Demultiplexer _demultiplexer;
    private readonly Dictionary<DatagramAddress, DrillFlow> _flows = [];
    private readonly Queue<EmittedSegment> _emitted = new();
    private readonly byte[] _buffer;
    private readonly uint _offset;
    private ConnectionOptions? _listening;
    private readonly List<(Instant At, Action Ring)> _alarms = [];
    private int _timers;
    private int _emittedInAll;

    /// <param name="initialSequence">Where both sides' numbers begin; null to begin the script's at 0 and draw the machine's.</param>
    /// <param name="buffer">Where segments are written; at least one of the largest fits.</param>
    public DrillMachine(uint? initialSequence, byte[] buffer)
    {
        _buffer = buffer;
        _offset = initialSequence ?? 0;
        _demultiplexer = new Demultiplexer(new EndpointSecrets(0x6E6C_6162, 0x6472_696C) { InitialSequence = initialSequence });
    }

    /// <summary>The present moment.</summary>
    public Instant Now { get; private set; }

    /// <summary>The connection that the script's packets belong to; null before there is one.</summary>
    public DrillFlow? Flow { get; private set; }

    /// <summary>Whether it did more than any honest script asks for.</summary>
    public bool IsExhausted => _timers > MaxTimers || _emittedInAll > MaxEmitted;

    /// <summary>When the next timer comes due.</summary>
    public Instant NextTimeout => _alarms.Aggregate(_demultiplexer.NextTimeout, (next, alarm) => Instant.Min(next, alarm.At));

    /// <summary>Passive connections from their first segment on, in the order they came.</summary>
    public Queue<DrillStream> Welcomed { get; } = new();

    /// <summary>The states of all connections, as FreeBSD's tools write them.</summary>
    public IEnumerable<string> States => _demultiplexer.Entries.Select(e => e.Connection.State switch
    {
        ConnectionState.SynSent => "SYN_SENT",
        ConnectionState.SynReceived => "SYN_RCVD",
        ConnectionState.Established => "ESTABLISHED",
        ConnectionState.FinWait1 => "FIN_WAIT_1",
        ConnectionState.FinWait2 => "FIN_WAIT_2",
        ConnectionState.CloseWait => "CLOSE_WAIT",
        ConnectionState.Closing => "CLOSING",
        ConnectionState.LastAck => "LAST_ACK",
        ConnectionState.TimeWait => "TIME_WAIT",
        _ => "CLOSED",
    });

    /// <summary>Answers SYNs; the next one from the script belongs to a connection of its own.</summary>
    /// <returns>Whether nobody listens yet.</returns>
    public bool TryListen(ConnectionOptions options, int backlog)
    {
        if (_listening is not null)
        {
            return false;
        }

        _listening = options;
        Flow = null;
        _demultiplexer.Listen(new Listener(options, Math.Max(1, backlog), _ =>
        {
            var stream = new DrillStream();
            Welcomed.Enqueue(stream);
            return stream;
        }));
        return true;
    }

    /// <summary>Answers no more SYNs.</summary>
    public void StopListening()
    {
        _listening = null;
        _demultiplexer.StopListening();
        Flush();
    }

    /// <summary>Opens a connection to a peer of its own.</summary>
    public void Connect(ConnectionOptions options, DrillStream stream)
    {
        Flow = AddFlow();
        ConnectionEntry entry = _demultiplexer.Open(Now, Flow.Peer, options, stream);
        Flow.LocalPort = entry.Key.LocalPort;
        stream.Attach(entry, _demultiplexer.MarkReady);
        Flush();
    }

    /// <summary>The application takes a connection.</summary>
    public static void Accept(DrillStream stream)
    {
        if (stream.Entry is { } entry)
        {
            Demultiplexer.Accept(entry);
        }
    }

    /// <summary>Gives the machine a segment of the script.</summary>
    public void Inject(DrillPacket packet)
    {
        Flow ??= AddFlow();
        Flow.PeerSyn = packet.Has(SegmentFlags.Syn) ? packet.Options : Flow.PeerSyn;
        if (packet.Find(DrillOption.Timestamps) is { } timestamps)
        {
            Flow.NotePeerTimestamp(BinaryPrimitives.ReadUInt32BigEndian(timestamps.Value));
        }

        Flow.Counts.OnReceived(packet, Now);
        byte[] datagram = SegmentBytes.Write(packet, Flow);
        EcnCodepoint ecn = packet.Ecn.Count > 0 ? packet.Ecn[0] : EcnCodepoint.NotEct;
        _demultiplexer.Receive(Now, Flow.Peer, datagram, ecn);
        foreach (ConnectionEntry entry in _demultiplexer.Entries)
        {
            if (entry.Connection.Handler is DrillStream { Entry: null } stream)
            {
                stream.Attach(entry, _demultiplexer.MarkReady);
            }
        }

        Flush();
    }

    /// <summary>Lets the machine send what it may after the application did something.</summary>
    public void Flush()
    {
        while (_demultiplexer.TryTransmit(Now, _buffer, BatchSize, out DatagramAddress to, out TransmitResult result) && !IsExhausted)
        {
            for (int offset = 0; offset < result.Bytes; offset += result.SegmentSize)
            {
                Note(_buffer.AsSpan(offset, Math.Min(result.SegmentSize, result.Bytes - offset)), to, result.Ecn);
            }
        }
    }

    /// <summary>Has something done at a moment that is none of the machine's business.</summary>
    public void SetAlarm(Instant at, Action ring) => _alarms.Add((at, ring));

    /// <summary>Lets the next timer come due, if it does so by a moment; else lets time pass up to that moment.</summary>
    /// <returns>Whether a timer came due.</returns>
    public bool Step(Instant limit)
    {
        Instant next = NextTimeout;
        if (next > limit || IsExhausted)
        {
            PassTo(limit == Instant.Never ? Now : Instant.Max(Now, limit));
            return false;
        }

        PassTo(Instant.Max(Now, next));
        _timers++;
        foreach ((_, Action ring) in _alarms.Where(a => a.At <= Now).ToList())
        {
            ring();
        }

        _alarms.RemoveAll(a => a.At <= Now);
        _demultiplexer.Timeout(Now);
        Flush();
        return true;
    }

    private void PassTo(Instant moment)
    {
        foreach (ConnectionEntry entry in moment > Now ? _demultiplexer.Entries : [])
        {
            if (entry.Connection.Handler is DrillStream stream)
            {
                stream.Limits.OnTimePassed(moment - Now, stream);
            }
        }

        Now = moment;
    }

    /// <summary>Looks at the next segment that was sent and is not compared yet.</summary>
    public bool TryPeek(out EmittedSegment segment) => _emitted.TryPeek(out segment!);

    /// <summary>Takes it.</summary>
    public void Take() => _emitted.Dequeue();

    /// <summary>Takes the first bytes of it, as much as a script's segment has; the rest stays.</summary>
    public void TakeFirst(int bytes)
    {
        EmittedSegment whole = _emitted.Dequeue();
        EmittedSegment[] others = [.. _emitted];
        _emitted.Clear();
        _emitted.Enqueue(whole with { Sequence = unchecked(whole.Sequence + (uint)bytes), Length = whole.Length - bytes });
        foreach (EmittedSegment other in others)
        {
            _emitted.Enqueue(other);
        }
    }

    private DrillFlow AddFlow()
    {
        int number = _flows.Count;
        var peer = DatagramAddress.FromIPv4(PeerNetwork + 1 + ((uint)number & 0xFF), FirstPeerPort + (number >> 8 & 0xFFF));
        var flow = new DrillFlow(peer, ServicePort, _offset);
        _flows.Add(peer, flow);
        return flow;
    }

    private void Note(ReadOnlySpan<byte> datagram, DatagramAddress to, EcnCodepoint ecn)
    {
        if (!_flows.TryGetValue(to, out DrillFlow? flow))
        {
            return;
        }

        EmittedSegment segment = SegmentBytes.Read(datagram, Now, flow, ecn);
        if (segment.Has(SegmentFlags.Syn))
        {
            flow.OwnOffset = segment.Sequence;
            flow.OwnSyn = segment.Options;
        }

        _emittedInAll++;
        flow.Counts.OnSent(segment);
        flow.Told = flow.Told.After(segment.Options);
        _emitted.Enqueue(segment with { Told = flow.Told });
    }
}
