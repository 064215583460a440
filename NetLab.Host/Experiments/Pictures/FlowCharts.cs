using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;

namespace NetLab.Host.Experiments.Pictures;

/// <summary>The pictures of a flow, made from its event log: the same for every experiment.</summary>
public static class FlowCharts
{
    private static readonly Axis Time = new("time", "s");

    /// <summary>Congestion window, slow-start threshold, bytes in flight and the peer's window.</summary>
    /// <param name="flow">The flow; its client's end is shown.</param>
    /// <param name="inSegments">Whether in segments instead of KiB.</param>
    public static Chart Windows(LabFlow flow, bool inSegments = false)
    {
        ArgumentNullException.ThrowIfNull(flow);
        IReadOnlyList<FlowSample> samples = flow.ClientEnd.Samples;
        double unit = inSegments ? Math.Max(1, samples.Count > 0 ? samples[^1].Metrics.SegmentSize : 1) : 1024;
        double most = samples.Count == 0 ? 1 : samples.Max(s => Math.Max(s.Metrics.CongestionWindow, s.Metrics.InFlight)) / unit;
        return new Chart($"{flow.Name}: windows", Time, new Axis("window", inSegments ? "segments" : "KiB") { Min = 0, Max = most * 1.1 },
        [
            new LineLayer([.. samples.Select(s => new Point(s.At.TotalSeconds(), s.Metrics.CongestionWindow / unit))]) { Name = "congestion window", IsStep = true, Style = 0 },
            new LineLayer([.. samples.Where(s => s.Metrics.SlowStartThreshold is not null).Select(s => new Point(s.At.TotalSeconds(), s.Metrics.SlowStartThreshold!.Value / unit))]) { Name = "ssthresh", IsStep = true, Style = 1 },
            new LineLayer([.. samples.Select(s => new Point(s.At.TotalSeconds(), s.Metrics.InFlight / unit))]) { Name = "in flight", IsStep = true, Style = 2 },
        ]);
    }

    /// <summary>The measured round trip and its smoothed mean.</summary>
    public static Chart RoundTrips(LabFlow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        FlowSample[] samples = [.. flow.ClientEnd.Samples.Where(s => s.Metrics.LatestRoundTrip is not null)];
        return new Chart($"{flow.Name}: round trip", Time, new Axis("round trip", "ms") { Min = 0 },
        [
            new LineLayer([.. samples.Select(s => new Point(s.At.TotalSeconds(), s.Metrics.LatestRoundTrip!.Value.TotalMilliseconds))]) { Name = "measured", IsStep = true, Style = 2 },
            new LineLayer([.. samples.Select(s => new Point(s.At.TotalSeconds(), s.Metrics.SmoothedRoundTrip!.Value.TotalMilliseconds))]) { Name = "smoothed (SRTT)", IsStep = true, Style = 0 },
        ]);
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
