using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement;

/// <summary>
/// Round trips beside a load to a server of measurements: idle, up, down and both, over whatever lies between. The probe has the load's transport:
/// nothing else need pass there.
/// </summary>
/// <param name="halves">Measures with that server.</param>
/// <param name="plan">What loads.</param>
internal sealed class PerfUnderLoadAt(PerfClient halves, PerfSettings plan)
{
    private static readonly (string Name, bool Up, bool Down)[] Loads = [("idle", false, false), ("up", true, false), ("down", false, true), ("both", true, true)];

    // What was sent last may still come back.
    private static readonly TimeSpan Last = TimeSpan.FromSeconds(2);

    /// <summary>Measures.</summary>
    /// <param name="runs">Receives each load when it is over.</param>
    /// <param name="latencies">Receives what the probe saw of it.</param>
    /// <param name="cancellationToken">Stops; what is complete stays.</param>
    public async Task RunAsync(List<PerfRun> runs, List<LoadedLatency> latencies, CancellationToken cancellationToken)
    {
        var probe = new PacedProbe();
        using var stop = new CancellationTokenSource();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task probing = halves.ProbeAsync(probe, () => begun.TrySetResult(), stop.Token, cancellationToken);
        try
        {
            await (await Task.WhenAny(begun.Task, probing).ConfigureAwait(false)).ConfigureAwait(false);
            double? idle = null;
            foreach ((string name, bool up, bool down) in Loads)
            {
                LoadedLatency latency = await MeasureAsync(probe, probing, name, up, down, runs, cancellationToken).ConfigureAwait(false);
                idle ??= latency.RoundTrip?.P50;
                latencies.Add(latency with { IncreaseUs = latency.RoundTrip?.P50 - idle });
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        await probing.WaitAsync(PerfSettings.Silence, cancellationToken).ConfigureAwait(false);
    }

    private async Task<LoadedLatency> MeasureAsync(
        PacedProbe probe, Task probing, string name, bool up, bool down, List<PerfRun> runs, CancellationToken cancellationToken)
    {
        // The warm-up is not counted: queues are filling.
        double from = probe.Now + (up || down ? plan.WarmUp.TotalSeconds : 0);
        long before = probe.Sent;
        Task<PerfRun[]> load = Task.WhenAll(
            new (bool IsAsked, PerfDirection Direction)[] { (up, PerfDirection.Forward), (down, PerfDirection.Reverse) }
                .Where(way => way.IsAsked)
                .Select(way => halves.RunAsync(plan with { Direction = way.Direction, UnderLoad = false }, cancellationToken)));
        Task lasting = up || down ? load : Task.Delay(plan.Time, cancellationToken);
        if (await Task.WhenAny(lasting, probing).ConfigureAwait(false) == probing)
        {
            await probing.ConfigureAwait(false);
            throw new IOException("the probe ended before the load");
        }

        await lasting.ConfigureAwait(false);
        double to = Math.Min(probe.Now, from + plan.Time.TotalSeconds);
        long sent = probe.Sent - before;
        PerfRun[] ran = await load.ConfigureAwait(false);
        runs.AddRange(ran);
        await WaitForLastAsync(probe, to, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<(double At, double Rtt)> samples = probe.Between(from, to);
        var histogram = new LatencyHistogram();
        foreach ((double _, double rtt) in samples)
        {
            histogram.Record(TimeSpan.FromMicroseconds(rtt));
        }

        long lost = Math.Max(0, sent - probe.Between(from - plan.WarmUp.TotalSeconds, double.MaxValue).Count);
        return new LoadedLatency(LabAddress.SchemeOf(plan.Transport), name, LatencySummary.From(histogram), sent, plan.Transport is LabTransport.Udp or LabTransport.KernelUdp ? lost : 0)
        {
            UpBitsPerSecond = ran.Where(run => run.Direction is null).Sum(run => run.End.SumReceived.BitsPerSecond),
            DownBitsPerSecond = ran.Where(run => run.Direction is not null).Sum(run => run.End.SumReceived.BitsPerSecond),
            Samples = [.. samples.Select(sample => new ProbeSample(Math.Round(sample.At - from, 4), Math.Round(sample.Rtt, 1), 0, 0))],
        };
    }

    // Until one that was sent behind them is back, or they cannot be expected any more.
    private static async Task WaitForLastAsync(PacedProbe probe, double to, CancellationToken cancellationToken)
    {
        while (probe.Now < to + Last.TotalSeconds && probe.Between(to, double.MaxValue).Count == 0)
        {
            await Task.Delay(PacedProbe.Pace, cancellationToken).ConfigureAwait(false);
        }
    }
}
