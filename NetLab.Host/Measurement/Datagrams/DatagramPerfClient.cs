using System.Diagnostics;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>The sending half of a measurement by datagrams.</summary>
internal sealed class DatagramPerfClient
{
    private readonly IDatagramPort _port;
    private readonly DatagramAddress _to;
    private readonly PerfSettings _plan;
    private readonly ControlExchange _control;
    private readonly DatagramSink _sink = new() { Accepts = flow => flow.Number == ControlCodec.Flow };

    /// <param name="port">Sends; connected to the peer; stays the caller's.</param>
    /// <param name="to">The receiving half.</param>
    /// <param name="plan">What to measure.</param>
    /// <param name="answer">Told when that has answered.</param>
    public DatagramPerfClient(IDatagramPort port, DatagramAddress to, PerfSettings plan, PeerAnswer answer)
    {
        (_port, _to, _plan, _control) = (port, to, plan, new ControlExchange(port, to, answer));
        _sink.OnPayload = (in ProbeHeader header, ReadOnlySpan<byte> payload, DatagramAddress from) => _control.Process(header, payload);
    }

    /// <summary>Measures.</summary>
    /// <exception cref="IOException">Nobody answers there, or the answer is no.</exception>
    public PerfOutcome Run(CancellationToken cancellationToken)
    {
        // Even, so that the flows of the warm-up are even and the measured ones odd.
        uint first = (uint)Random.Shared.Next() & ~1u;
        var hello = new PerfHello(_plan.Streams, _plan.SegmentSize, _plan.WarmUp.TotalMilliseconds) { FirstFlow = first, IsOneOfTwo = _plan.IsOneOfTwo, Mode = _plan.Mode, IntervalMs = _plan.Interval.TotalMilliseconds };
        _control.Ask(_sink, new PerfMessage { Hello = hello }, answer => answer.Ready, cancellationToken);
        if (_plan.Mode == PerfMode.Latency)
        {
            return PingPong(cancellationToken);
        }

        IProbeFlow[] warmUp = Open(first);
        IProbeFlow[] measured = Open(first + 1);
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < _plan.WarmUp && !cancellationToken.IsCancellationRequested)
        {
            SendTurn(warmUp, long.MaxValue);
        }

        var processor = new ProcessorTime();
        started = Stopwatch.GetTimestamp();
        long each = _plan.Bytes == 0 ? long.MaxValue : (_plan.Bytes + (_plan.SegmentSize * _plan.Streams) - 1) / (_plan.SegmentSize * _plan.Streams);
        bool more = true;
        while (more && (_plan.Bytes > 0 || Stopwatch.GetElapsedTime(started) < _plan.Time) && !cancellationToken.IsCancellationRequested)
        {
            more = SendTurn(measured, each);
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double cpu = processor.Percent;
        long packets = measured.Sum(f => f.Sent);

        // Interrupted or not, what was sent until then is reported.
        PerfReport report = Collect([.. measured.Select(f => f.Sent)]);
        return new PerfOutcome(new PerfSent(seconds, packets * _plan.SegmentSize, packets), cpu, report);
    }

    // One datagram at a time there and back. One that does not come back in time is lost, and the next one goes.
    private PerfOutcome PingPong(CancellationToken cancellationToken)
    {
        ulong sequence = 0;
        ulong? echoed = null;
        var sink = new DatagramSink
        {
            Accepts = flow => flow.Number == ControlCodec.EchoFlow,
            OnPayload = (in ProbeHeader header, ReadOnlySpan<byte> payload, DatagramAddress from) => echoed = Math.Max(echoed ?? 0, header.Sequence),
        };
        var roundTrips = new LatencyHistogram();
        long begun = Stopwatch.GetTimestamp();
        ProcessorTime? processor = null;
        long from = 0;
        long lost = 0;
        while (Stopwatch.GetElapsedTime(begun) < _plan.WarmUp + _plan.Time && !cancellationToken.IsCancellationRequested)
        {
            if (processor is null && Stopwatch.GetElapsedTime(begun) >= _plan.WarmUp)
            {
                (processor, from) = (new ProcessorTime(), Stopwatch.GetTimestamp());
            }

            byte[] datagram = ControlCodec.EncodeEcho(++sequence, Message.Bytes.Length);
            long sent = Stopwatch.GetTimestamp();
            _port.Send(datagram, _to);
            while (echoed != sequence && Stopwatch.GetElapsedTime(sent) < ControlExchange.Retry)
            {
                _port.ReceiveNext(sink, ControlExchange.Retry);
            }

            if (processor is not null)
            {
                if (echoed == sequence)
                {
                    roundTrips.Record(Stopwatch.GetElapsedTime(sent));
                }
                else
                {
                    lost++;
                }
            }
        }

        double seconds = from == 0 ? 0 : Stopwatch.GetElapsedTime(from).TotalSeconds;
        double cpu = processor?.Percent ?? 0;
        PerfReport report = Collect([.. Enumerable.Repeat(0L, _plan.Streams)]);
        long bytes = roundTrips.Count * Message.Bytes.Length;
        return new PerfOutcome(
            new PerfSent(seconds, (roundTrips.Count + lost) * Message.Bytes.Length, roundTrips.Count + lost),
            cpu,
            report with { Received = new PerfReceived(seconds, bytes, roundTrips.Count) { LostPackets = lost }, Intervals = [] })
        {
            Latency = LatencySummary.From(roundTrips),
        };
    }

    private IProbeFlow[] Open(uint first) => [.. Enumerable.Range(0, _plan.Streams).Select(
        i => _port.Open(first + (2 * (uint)i), _to, _plan.SegmentSize, _plan.Rate == 0 ? 0 : Math.Max(1, _plan.Rate / _plan.Streams)))];

    private static bool SendTurn(IProbeFlow[] flows, long each)
    {
        bool more = false;
        foreach (IProbeFlow flow in flows)
        {
            if (flow.Sent < each)
            {
                flow.Send((int)Math.Min(int.MaxValue, each - flow.Sent));
                more |= flow.Sent < each;
            }
        }

        return more;
    }

    private PerfReport Collect(IReadOnlyList<long> sent)
    {
        PerfReport? whole = null;
        List<PerfInterval> intervals = [];
        do
        {
            int from = intervals.Count;
            PerfReport page = _control.Ask(
                _sink,
                new PerfMessage { Done = new PerfDone(sent, from) },
                answer => answer.Report is { } report && report.FromInterval == from,
                CancellationToken.None).Report!;
            whole ??= page;
            intervals.AddRange(page.Intervals ?? []);
            if (page.Intervals is not { Count: > 0 })
            {
                break;
            }
        }
        while (intervals.Count < whole.IntervalCount);

        _control.SayGoodbye();
        return whole with { Intervals = intervals };
    }
}
