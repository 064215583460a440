using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Counters;

namespace NetLab.Host.Experiments.Pictures;

/// <summary>The pictures of a flow, made from its event log: the same for every experiment.</summary>
public static class FlowCharts
{
    private const int Slots = 50;

    private static readonly (int Number, string Name, int Style)[] Limits =
        [(2, "the congestion window", 0), (1, "the receive window", 5), (0, "the rest: pacing, the application, its buffer", 7)];

    private static readonly Axis Time = new("time", "s");

    /// <summary>Congestion window, slow-start threshold, bytes in flight and the peer's window.</summary>
    /// <param name="flow">The flow; its client's end is shown.</param>
    /// <param name="inSegments">Whether in segments instead of KiB.</param>
    public static Chart Windows(LabFlow flow, bool inSegments = false) => Windows(FlowTrace.Of(flow), inSegments);

    /// <summary>The same of what is known of one end.</summary>
    /// <param name="flow">The end.</param>
    /// <param name="inSegments">Whether in segments instead of KiB.</param>
    public static Chart Windows(FlowTrace flow, bool inSegments = false)
    {
        ArgumentNullException.ThrowIfNull(flow);
        IReadOnlyList<FlowSample> samples = flow.Samples;
        double unit = inSegments ? Math.Max(1, samples.Count > 0 ? samples[^1].Metrics.SegmentSize : 1) : 1024;
        double most = samples.Count == 0 ? 1 : samples.Max(s => Math.Max(s.Metrics.CongestionWindow, s.Metrics.InFlight)) / unit;

        // A window that never comes near is no part of the picture.
        bool isPeersNear = samples.Any(s => s.Metrics.SendWindow > 0 && s.Metrics.SendWindow / unit <= 1.5 * most);
        LineLayer[] layers =
        [
            new LineLayer([.. samples.Where(s => s.Metrics.CongestionWindow > 0).Select(s => new Point(s.At.TotalSeconds(), s.Metrics.CongestionWindow / unit))]) { Name = "congestion window", IsStep = true, Style = 0 },
            new LineLayer([.. samples.Where(s => s.Metrics.SlowStartThreshold is not null).Select(s => new Point(s.At.TotalSeconds(), s.Metrics.SlowStartThreshold!.Value / unit))]) { Name = "ssthresh", IsStep = true, Style = 1 },
            new LineLayer([.. samples.Select(s => new Point(s.At.TotalSeconds(), s.Metrics.InFlight / unit))]) { Name = "in flight", IsStep = true, Style = 2 },
            new LineLayer([.. samples.Where(s => isPeersNear && s.Metrics.SendWindow > 0).Select(s => new Point(s.At.TotalSeconds(), s.Metrics.SendWindow / unit))]) { Name = "peer's window", IsStep = true, Style = 5 },
        ];
        return new Chart($"{flow.Name}: windows", Time, new Axis("window", inSegments ? "segments" : "KiB") { Min = 0, Max = most * 1.1 }, [.. layers.Where(l => l.Points.Count > 0)]);
    }

    /// <summary>The measured round trip and its smoothed mean.</summary>
    public static Chart RoundTrips(LabFlow flow) => RoundTrips(FlowTrace.Of(flow));

    /// <summary>The same of what is known of one end; the timeout is left out where it is not known.</summary>
    public static Chart RoundTrips(FlowTrace flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        FlowSample[] samples = [.. flow.Samples.Where(s => s.Metrics.LatestRoundTrip is not null)];
        return new Chart($"{flow.Name}: round trip", Time, new Axis("round trip", "ms") { Min = 0 },
        [
            new LineLayer([.. samples.Select(s => new Point(s.At.TotalSeconds(), s.Metrics.LatestRoundTrip!.Value.TotalMilliseconds))]) { Name = "measured", IsStep = true, Style = 2 },
            new LineLayer([.. samples.Where(s => s.Metrics.SmoothedRoundTrip is not null).Select(s => new Point(s.At.TotalSeconds(), s.Metrics.SmoothedRoundTrip!.Value.TotalMilliseconds))]) { Name = "smoothed (SRTT)", IsStep = true, Style = 0 },
            .. samples.Any(s => s.Metrics.RetransmissionTimeout > TimeSpan.Zero)
                ? (LineLayer[])[new LineLayer([.. samples.Select(s => new Point(s.At.TotalSeconds(), s.Metrics.RetransmissionTimeout.TotalMilliseconds))]) { Name = "timeout (RTO)", IsStep = true, Style = 1 }]
                : [],
        ]);
    }

    /// <summary>What kept the sender from sending more, over time: told by how much is in flight and which window that fills, in per cent of each fiftieth of the time.</summary>
    public static Chart Binds(FlowTrace flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        IReadOnlyList<FlowSample> samples = flow.Samples;
        double begin = samples.Count == 0 ? 0 : samples[0].At.TotalSeconds();
        double step = samples.Count == 0 ? 0 : (samples[^1].At.TotalSeconds() - begin) / Slots;
        double[,] held = new double[Slots, 3];
        for (int i = 0; step > 0 && i + 1 < samples.Count; i++)
        {
            // What held until the next sample, shared out to the slots it lies in.
            (double from, double to) = ((samples[i].At.TotalSeconds() - begin) / step, (samples[i + 1].At.TotalSeconds() - begin) / step);
            for (int slot = (int)from; slot < Slots && slot < to; slot++)
            {
                held[slot, Binding(samples[i].Metrics)] += 100 * (Math.Min(to, slot + 1) - Math.Max(from, slot));
            }
        }

        return new Chart($"{flow.Name}: what binds", Time, new Axis("time", "%") { Min = 0, Max = 100 },
            [.. Limits.Select(limit => new LineLayer([.. Enumerable.Range(0, step > 0 ? Slots : 0).Select(slot => new Point(begin + ((slot + 0.5) * step), held[slot, limit.Number]))]) { Name = limit.Name, Style = limit.Style })])
        {
            Height = 120,
        };
    }

    /// <summary>What the receivers got, over time.</summary>
    /// <param name="window">Over how long each value is a mean.</param>
    /// <param name="flows">The flows.</param>
    public static Chart Throughput(TimeSpan window, params IEnumerable<LabFlow> flows)
    {
        ArgumentNullException.ThrowIfNull(flows);
        return new Chart("what the receiver got", Time, new Axis("goodput", "Mbit/s") { Min = 0 },
            [.. flows.Select(f => new LineLayer([.. Rates(f, window)]) { Name = f.Name })]);
    }

    /// <summary>What was acknowledged over time, as means over a fiftieth of all the time.</summary>
    public static Chart Acknowledged(FlowTrace flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        (double At, long Bytes)[] heard = [.. flow.Received.Select(r => (r.At.TotalSeconds(), r.Acknowledged))];
        double begin = heard.Length == 0 ? 0 : heard[0].At;
        double step = heard.Length == 0 ? 0 : (heard[^1].At - begin) / 50;
        var points = new List<Point>();
        long before = 0;
        for (int i = 0, slot = 1; step > 0 && slot <= 50; slot++)
        {
            long now = before;
            for (; i < heard.Length && heard[i].At <= begin + (slot * step) + 1e-12; i++)
            {
                now = Math.Max(now, heard[i].Bytes);
            }

            points.Add(new Point(begin + ((slot - 0.5) * step), 8 * (now - before) / step / 1e6));
            before = now;
        }

        return new Chart($"{flow.Name}: what was acknowledged", Time, new Axis("throughput", "Mbit/s") { Min = 0 }, [new LineLayer(points) { Name = "acknowledged", Style = 0 }]);
    }

    /// <summary>How long datagrams waited for a link's line.</summary>
    public static Chart Queue(LabLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        return new Chart($"{link.Name}: the queue", Time, new Axis("wait", "ms") { Min = 0 },
        [
            new LineLayer([.. link.Waits().Select(w => new Point(w.At.TotalSeconds(), w.Waited.TotalMilliseconds))]) { Name = "time in the queue", Style = 4 },
            new MarkLayer(MarkShape.Cross, [.. link.Events.Where(e => e.IsDropped).Select(e => new Point(e.Outcome.DecidedAt.TotalSeconds(), e.Outcome.Waited.TotalMilliseconds))]) { Name = "dropped", Style = 1 },
        ]);
    }

    /// <summary>The share of values that are not above each value.</summary>
    public static LineLayer Distribution(string name, IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new LineLayer([.. sorted.Select((v, i) => new Point(v, (i + 1) / (double)sorted.Length))]) { Name = name, IsStep = true };
    }

    // A window binds where not a segment more of it is free.
    private static int Binding(in ConnectionMetrics metrics) =>
        metrics.InFlight + metrics.SegmentSize > metrics.CongestionWindow && metrics.CongestionWindow <= metrics.SendWindow ? 2
        : metrics.InFlight + metrics.SegmentSize > metrics.SendWindow ? 1
        : 0;

    private static IEnumerable<Point> Rates(LabFlow flow, TimeSpan window)
    {
        var arrivals = flow.Arrivals;
        int first = 0;
        for (int i = 1; i < arrivals.Count; i++)
        {
            while (first + 1 < i && arrivals[i].At - arrivals[first + 1].At >= window)
            {
                first++;
            }

            double seconds = (arrivals[i].At - arrivals[first].At).TotalSeconds;
            if (seconds > 0)
            {
                yield return new Point(arrivals[i].At.TotalSeconds(), 8 * (arrivals[i].Bytes - arrivals[first].Bytes) / seconds / 1e6);
            }
        }
    }
}
