using System.Globalization;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Links;

/// <summary>How exact the emulated link is on this machine: a sender and a receiver, each a process, and a relay between them.</summary>
/// <param name="seed">The link's seed.</param>
internal sealed class LinkSelfTest(ulong seed) : IPerfBoard
{
    private const int Rounds = 3;
    private const double DelayMs = 10;

    // 100,000 datagrams of 125 bytes a second.
    private static readonly PerfSettings Probes = new(LabTransport.Udp, 125, 1) { Time = TimeSpan.FromSeconds(3), Rate = 100_000_000 };
    private static readonly (string Text, long Rate)[] Rates = [("1M", 1_000_000), ("10M", 10_000_000), ("100M", 100_000_000), ("1G", 1_000_000_000)];

    /// <summary>Measures everything, which takes about a minute.</summary>
    public async IAsyncEnumerable<LinkAccuracy> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LatencySummary[] delays = [.. (await MeasureAsync(Probes, $"delay={DelayMs}ms", Rounds, cancellationToken).ConfigureAwait(false))
            .Select(run => run.End.SumReceived.OneWayDelayUs).OfType<LatencySummary>()];
        if (delays.Length > 0)
        {
            string what = $"delay={DelayMs}ms at 100,000 datagrams/s";
            yield return Within($"{what}, p50 off by", Middle(delays.Select(d => Math.Abs((d.P50 / 1_000) - DelayMs))), 0.2, "ms");
            yield return Within($"{what}, p99 off by", Middle(delays.Select(d => Math.Abs((d.P99 / 1_000) - DelayMs))), 1, "ms");
        }

        // In turns, so that what changes in the machine meanwhile changes for both.
        PerfSettings flat = new(LabTransport.Udp, 1_400, 1) { Time = TimeSpan.FromSeconds(2) };
        var ratios = new List<double>();
        for (int i = 0; i < Rounds; i++)
        {
            PerfRun without = (await MeasureAsync(flat, "", 1, cancellationToken).ConfigureAwait(false))[0];
            PerfRun with = (await MeasureAsync(flat, $"delay={DelayMs}ms", 1, cancellationToken).ConfigureAwait(false))[0];
            ratios.Add(with.End.SumReceived.BitsPerSecond / Math.Max(1, without.End.SumReceived.BitsPerSecond));
        }

        yield return Within($"throughput with delay={DelayMs}ms alone, less by", 100 * Math.Max(0, 1 - Middle(ratios)), 5, "%");
        foreach ((string text, long rate) in Rates)
        {
            // A fifth more is offered than the link carries, which counts 28 bytes of headers a datagram.
            PerfSettings offered = new(LabTransport.Udp, 1_400, 1) { Time = TimeSpan.FromSeconds(4), Rate = rate / 5 * 6 };
            PerfRun run = (await MeasureAsync(offered, $"rate={text}", 1, cancellationToken).ConfigureAwait(false))[0];
            double carried = run.End.SumReceived.BitsPerSecond * 1_428 / 1_400;
            yield return Within($"rate={text}, off by", 100 * Math.Abs((carried / rate) - 1), 1, "%");
        }
    }

    public void Begin(string transport, int round)
    {
    }

    public void Interval(PerfInterval interval)
    {
    }

    public void End(PerfRun run)
    {
    }

    private async Task<List<PerfRun>> MeasureAsync(PerfSettings settings, string link, int rounds, CancellationToken cancellationToken)
    {
        var runs = new List<PerfRun>();
        await new PerfSideBySide(new PerfComparison([settings], [], LinkText.Parse(link), link, rounds, seed), this).RunAsync(runs, cancellationToken).ConfigureAwait(false);
        return runs;
    }

    private static LinkAccuracy Within(string what, double value, double limit, string unit) => new(
        what,
        string.Create(CultureInfo.InvariantCulture, $"{value:F3} {unit}"),
        string.Create(CultureInfo.InvariantCulture, $"{limit} {unit}"),
        value,
        value <= limit);

    private static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
