using System.Globalization;
using System.Net;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Links;

/// <summary>
/// How exact the emulated link is on this machine: a sender and a receiver, each a process, and a relay between them. Beside it the kernel's token
/// bucket and socat, for what they can.
/// </summary>
/// <param name="seed">The link's seed.</param>
internal sealed class LinkSelfTest(ulong seed) : IPerfBoard
{
    private const int Rounds = 3;
    private const double DelayMs = 10;

    // IPv4 and UDP: what a link counts with each datagram.
    private const int LinkHeaderBytes = 20 + 8;

    // 100,000 datagrams of 125 bytes a second.
    private static readonly PerfSettings Probes = new(LabTransport.Udp, 125, 1) { Time = TimeSpan.FromSeconds(3), Rate = 100_000_000 };
    private static readonly PerfSettings FlatOut = new(LabTransport.Udp, 1_400, 1) { Time = TimeSpan.FromSeconds(2) };
    private static readonly (string Text, long Rate)[] Rates = [("1M", 1_000_000), ("10M", 10_000_000), ("100M", 100_000_000), ("1G", 1_000_000_000)];

    private const string NotOffered = "the sender was too slow";

    private readonly List<string> _notes = [];

    /// <summary>What was left out, and why.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Measures everything, which takes about two minutes.</summary>
    public async IAsyncEnumerable<LinkAccuracy> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (LinkAccuracy row in DelaysAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return row;
        }

        await foreach (LinkAccuracy row in ThroughputsAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return row;
        }

        using TokenBucket? bucket = TokenBucket.TryCreate(out string? why);
        if (bucket is null)
        {
            _notes.Add($"tc was left out: {why}");
        }

        foreach ((string text, long rate) in Rates)
        {
            // A fifth more is offered than the link carries, which counts 28 bytes of headers a datagram; and what waits lasts for the pauses
            // that a busy machine's sender makes.
            long queue = Math.Max(64 << 10, rate / 8 / 20);
            PerfSettings offered = new(LabTransport.Udp, 1_400, 1) { Time = TimeSpan.FromSeconds(4), Rate = rate / 5 * 6 };
            PerfRun through = await ThroughLinkAsync(offered, $"rate={text},queue={queue}", cancellationToken).ConfigureAwait(false);
            string? beside = null;
            if (bucket is not null)
            {
                bucket.Limit(rate, queue);
                PerfRun run = await MeasureAsync(offered, bucket.Namespace, _ => null, cancellationToken).ConfigureAwait(false);
                beside = IsOffered(run, rate) ? Text(OffBy(run, rate, TokenBucket.HeaderBytes), "%") : NotOffered;
            }

            LinkAccuracy row = Within($"rate={text}, off by", OffBy(through, rate, LinkHeaderBytes), 1, "%");

            // Where the machine has no time for the sender, nothing is known of the link.
            yield return (IsOffered(through, rate) ? row : row with { Measured = NotOffered, IsKept = false }) with { Tc = beside };
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

    private static bool IsOffered(PerfRun run, long rate) => run.End.SumSent.BitsPerSecond > rate * 1.05;

    private static double OffBy(PerfRun run, long rate, int headers) =>
        100 * Math.Abs((run.End.SumReceived.BitsPerSecond * (1_400 + headers) / 1_400 / rate) - 1);

    private async IAsyncEnumerable<LinkAccuracy> DelaysAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var delays = new List<LatencySummary>();
        var added = new List<double>();
        var socat = new List<double>();
        for (int i = 0; i < Rounds; i++)
        {
            if ((await ThroughLinkAsync(Probes, $"delay={DelayMs}ms", cancellationToken).ConfigureAwait(false)).End.SumReceived.OneWayDelayUs is { } delay)
            {
                delays.Add(delay);
            }

            added.Add((await ThroughLinkAsync(Probes, "", cancellationToken).ConfigureAwait(false)).End.SumReceived.OneWayDelayUs?.P50 ?? double.NaN);
            socat.Add((await ThroughSocatAsync(Probes, cancellationToken).ConfigureAwait(false))?.End.SumReceived.OneWayDelayUs?.P50 ?? double.NaN);
        }

        if (delays.Count > 0)
        {
            string what = $"delay={DelayMs}ms at 100,000 datagrams/s";
            yield return Within($"{what}, p50 off by", Middle(delays.Select(d => Math.Abs((d.P50 / 1_000) - DelayMs))), 0.2, "ms");
            yield return Within($"{what}, p99 off by", Middle(delays.Select(d => Math.Abs((d.P99 / 1_000) - DelayMs))), 1, "ms");
            yield return Told("a link that changes nothing, delay at the median", Middle(added) / 1_000, "ms") with { Socat = double.IsNaN(socat[0]) ? null : Text(Middle(socat) / 1_000, "ms") };
        }
    }

    private async IAsyncEnumerable<LinkAccuracy> ThroughputsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // In turns, so that what changes in the machine meanwhile changes for all.
        var ratios = new List<double>();
        var plain = new List<double>();
        var socat = new List<double>();
        for (int i = 0; i < Rounds; i++)
        {
            double without = (await ThroughLinkAsync(FlatOut, "", cancellationToken).ConfigureAwait(false)).End.SumReceived.BitsPerSecond;
            double with = (await ThroughLinkAsync(FlatOut, $"delay={DelayMs}ms", cancellationToken).ConfigureAwait(false)).End.SumReceived.BitsPerSecond;
            plain.Add(without);
            ratios.Add(with / Math.Max(1, without));
            socat.Add((await ThroughSocatAsync(FlatOut, cancellationToken).ConfigureAwait(false))?.End.SumReceived.BitsPerSecond ?? double.NaN);
        }

        yield return Told("a link that changes nothing, 1,400 bytes flat out", Middle(plain) / 1e9, "Gbit/s") with { Socat = double.IsNaN(socat[0]) ? null : Text(Middle(socat) / 1e9, "Gbit/s") };
        yield return Within($"… with delay={DelayMs}ms alone, less by", 100 * Math.Max(0, 1 - Middle(ratios)), 5, "%");
    }

    private async Task<PerfRun> ThroughLinkAsync(PerfSettings settings, string link, CancellationToken cancellationToken)
    {
        var runs = new List<PerfRun>();
        await new PerfSideBySide(new PerfComparison([settings], [], LinkText.Parse(link), link, 1, seed), this).RunAsync(runs, cancellationToken).ConfigureAwait(false);
        return runs[0];
    }

    private async Task<PerfRun?> ThroughSocatAsync(PerfSettings settings, CancellationToken cancellationToken)
    {
        const string Missing = "socat was left out: it is not installed";
        if (_notes.Contains(Missing))
        {
            return null;
        }

        SocatRelay? relay = null;
        try
        {
            return await MeasureAsync(settings, null, target => (relay = SocatRelay.TryStart(target) ?? throw new UsageException(Missing)).LocalEndPoint, cancellationToken).ConfigureAwait(false);
        }
        catch (UsageException missing) when (missing.Message == Missing)
        {
            _notes.Add(Missing);
            return null;
        }
        finally
        {
            relay?.Dispose();
        }
    }

    // Without a relay of NetLab's: through another one, or through none.
    private async Task<PerfRun> MeasureAsync(PerfSettings settings, string? inNamespace, Func<IPEndPoint, IPEndPoint?> entrance, CancellationToken cancellationToken)
    {
        var pair = new PerfPair(settings, [], this, inNamespace is null ? PerfPlace.Loopback : PerfPlace.LoopbackOf(inNamespace));
        await using (pair.ConfigureAwait(false))
        {
            await pair.StartAsync(cancellationToken).ConfigureAwait(false);
            IPEndPoint? through = entrance(new IPEndPoint(IPAddress.Loopback, pair.Address.Port));
            return await pair.RunAsync(through is null ? pair.Address : pair.Address.At(through), 1, cancellationToken).ConfigureAwait(false);
        }
    }

    private static LinkAccuracy Within(string what, double value, double limit, string unit) =>
        new(what, Text(value, unit), string.Create(CultureInfo.InvariantCulture, $"{limit} {unit}"), value, value <= limit);

    private static LinkAccuracy Told(string what, double value, string unit) => new(what, Text(value, unit), "-", value, true);

    private static string Text(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:F3} {unit}");

    private static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
