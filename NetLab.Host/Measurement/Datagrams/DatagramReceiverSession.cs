using NetLab.Host.Measurement.Reports;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>One measurement at its receiver: which flows belong to it, and what became of them.</summary>
internal sealed class DatagramReceiverSession : IDatagramSession
{
    // How long nothing must have come before what is missing counts as lost: longer than any pause a scheduler makes.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    // Pieces a report of one datagram has room for.
    private const int IntervalsPerMessage = 100;

    private readonly PerfHello _hello;
    private readonly List<PerfInterval> _intervals = [];
    private readonly Action<PerfInterval> _onInterval;
    private readonly Func<long> _foreign;
    private readonly long _foreignBefore;
    private readonly FlowStatistics?[] _flows;
    private ProcessorTime? _processor;
    private double _cpuPercent;
    private Instant _start = Instant.Never;
    private (Instant At, long Packets, long Lost) _reported;
    private readonly uint _dropsBefore;
    private uint _dropsAtStart;
    private long _dropped;
    private bool _ended;

    /// <param name="id">Its number.</param>
    /// <param name="from">Its sender.</param>
    /// <param name="hello">What the sender said of it.</param>
    /// <param name="bufferDrops">The socket's drops before it began.</param>
    /// <param name="onInterval">Told of each piece.</param>
    /// <param name="foreign">How many datagrams the socket has received that nobody can read: damaged ones are; null for those of <see cref="Sink"/>.</param>
    public DatagramReceiverSession(ulong id, DatagramAddress from, PerfHello hello, uint bufferDrops, Action<PerfInterval> onInterval, Func<long>? foreign = null)
    {
        (Id, From, _hello, _onInterval, _dropsBefore) = (id, from, hello, onInterval, bufferDrops);
        _flows = new FlowStatistics?[hello.Streams];
        Sink = new DatagramSink(bufferDrops) { Accepts = flow => flow.Number == ControlCodec.Flow || (flow.Number == ControlCodec.EchoFlow && Answers) || Owns(flow) };
        _foreign = foreign ?? (() => Sink.Foreign);
        _foreignBefore = _foreign();
    }

    public ulong Id { get; }

    public DatagramAddress From { get; }

    /// <summary>Which client it is, counted from 1.</summary>
    public int Client { get; init; } = 1;

    /// <summary>Whether what comes is sent back, each at once.</summary>
    public bool Answers { get; set; }

    /// <summary>Counts its flows.</summary>
    public DatagramSink Sink { get; }

    /// <summary>When anything of it was last heard.</summary>
    public Instant LastHeard { get; set; }

    /// <summary>Flows or connections it has.</summary>
    public int Streams => _hello.Streams;

    /// <summary>Whether anybody has been told of the report.</summary>
    public bool IsReported { get; set; }

    /// <summary>Whether its sender has got the report.</summary>
    public bool IsOver { get; set; }

    /// <summary>Looks at the clock: a piece may be complete.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="port">Knows the drops in the socket's buffer.</param>
    public void Tick(Instant now, IDatagramPort port)
    {
        foreach (KeyValuePair<FlowId, FlowStatistics> flow in _start == Instant.Never ? Sink.Flows : [])
        {
            // The warm-up is a sign of life too.
            LastHeard = Instant.Max(LastHeard, flow.Key.From == From ? flow.Value.LastAt : Instant.Zero);
        }

        if (_ended || (_start == Instant.Never && !TryStart(port)))
        {
            return;
        }

        LastHeard = Instant.Max(LastHeard, LastArrival());
        if (now - _reported.At >= _hello.Interval)
        {
            Report(now);
        }
    }

    /// <summary>The sender has sent everything; says whether nothing can be under way any more.</summary>
    /// <param name="done">How much it was.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="port">Knows the drops in the socket's buffer.</param>
    public bool TryEnd(PerfDone done, Instant now, IDatagramPort port)
    {
        if (_ended)
        {
            return true;
        }

        Tick(now, port);
        FindFlows();
        IReadOnlyList<long> sentByFlow = done.Sent ?? [];
        long sent = sentByFlow.Sum();
        if (_flows.Sum(f => f?.Received ?? 0) < sent && now - LastArrival() < Quiet)
        {
            return false;
        }

        uint? drops = port.BufferDrops;
        for (int i = 0; i < _flows.Length && i < sentByFlow.Count; i++)
        {
            (_flows[i] ??= new FlowStatistics(_dropsBefore)).End(sentByFlow[i], port.DropsAreDatagrams ? null : drops);
        }

        // Where each drop is a datagram, the count alone says how many they were.
        _dropped = port.DropsAreDatagrams ? unchecked((drops ?? 0) - _dropsAtStart) : _flows.Sum(f => f?.LostInSocketBuffer ?? 0);

        _cpuPercent = _processor?.Percent ?? 0;
        if (_start != Instant.Never && LastArrival() > _reported.At)
        {
            Report(LastArrival());
        }

        return _ended = true;
    }

    /// <summary>Whether a flow is one of its own: only its sender's, and only those announced, so that nobody else spoils the count.</summary>
    public bool Owns(FlowId flow) => flow.From == From && flow.Number - _hello.FirstFlow < 2 * (uint)_hello.Streams;

    /// <summary>What arrived, with as many pieces from one on as a message has room for.</summary>
    public PerfReport Report(int fromInterval)
    {
        var delay = new LatencyHistogram();
        var jitter = TimeSpan.Zero;
        (long received, long lost, long reordered, long duplicates) = (0, 0, 0, 0);
        foreach (FlowStatistics? flow in _flows)
        {
            if (flow is null)
            {
                continue;
            }

            received += flow.Received;
            lost += flow.Lost;
            reordered += flow.Reordered;
            duplicates += flow.Duplicates;
            jitter += flow.Jitter / _flows.Length;
            if (flow.Delay is { } delays)
            {
                delay.Add(delays);
            }
        }

        double seconds = _start == Instant.Never ? 0 : (LastArrival() - _start).TotalSeconds;
        var sum = new PerfReceived(seconds, received * _hello.SegmentSize, received)
        {
            LostPackets = lost,
            LostInSocketBuffer = Math.Min(lost, _dropped),
            LostOnLink = Math.Max(0, lost - _dropped),
            OutOfOrder = reordered,
            Duplicates = duplicates,
            Damaged = _foreign() - _foreignBefore,
            JitterMs = jitter.TotalMilliseconds,
            OneWayDelayUs = LatencySummary.From(delay),
        };
        PerfInterval[] intervals = [.. _intervals.Skip(Math.Clamp(fromInterval, 0, _intervals.Count)).Take(IntervalsPerMessage)];

        // A damaged datagram never counts as received, so what counts is intact.
        return new PerfReport(sum, _cpuPercent, true, fromInterval, _intervals.Count, intervals);
    }

    private bool TryStart(IDatagramPort port)
    {
        FindFlows();
        foreach (FlowStatistics? flow in _flows)
        {
            _start = Instant.Min(_start, flow?.FirstAt ?? Instant.Never);
        }

        if (_start == Instant.Never)
        {
            return false;
        }

        _processor = new ProcessorTime();
        _dropsAtStart = port.BufferDrops ?? _dropsBefore;
        _reported = (_start, 0, 0);
        return true;
    }

    private void FindFlows()
    {
        for (int i = 0; i < _flows.Length; i++)
        {
            _flows[i] ??= Sink.Find(new FlowId(From, _hello.FirstFlow + (2 * (uint)i) + 1));
        }
    }

    private Instant LastArrival()
    {
        Instant last = Instant.Zero;
        foreach (FlowStatistics? flow in _flows)
        {
            last = Instant.Max(last, flow?.LastAt ?? Instant.Zero);
        }

        return last;
    }

    private void Report(Instant now)
    {
        FindFlows();
        long packets = _flows.Sum(f => f?.Received ?? 0);
        long lost = _flows.Sum(f => f?.Lost ?? 0);
        var interval = new PerfInterval(new PerfIntervalSum((_reported.At - _start).TotalSeconds, (now - _start).TotalSeconds)
        {
            Bytes = (packets - _reported.Packets) * _hello.SegmentSize,
            Packets = packets - _reported.Packets,
            LostPackets = lost - _reported.Lost,
        });
        _reported = (now, packets, lost);
        _intervals.Add(interval);
        _onInterval(interval);
    }
}
