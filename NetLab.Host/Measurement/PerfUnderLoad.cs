using System.Net;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Relays;
using NetLab.Host.Settings;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement;

/// <summary>Round trips of a probe beside a load: idle, up, down and both, each through a new link of the same kind.</summary>
/// <param name="comparison">What loads, and the link.</param>
/// <param name="board">Told how far it is.</param>
internal sealed class PerfUnderLoad(PerfComparison comparison, IPerfBoard board)
{
    private static readonly (string Name, bool Up, bool Down)[] Loads = [("idle", false, false), ("up", true, false), ("down", false, true), ("both", true, true)];

    /// <summary>How many parts it has.</summary>
    public static int Parts => Loads.Length;

    /// <summary>Measures.</summary>
    /// <param name="runs">Receives each load when it is over.</param>
    /// <param name="latencies">Receives what the probe saw of it.</param>
    /// <param name="cancellationToken">Stops; what is complete stays.</param>
    public async Task RunAsync(List<PerfRun> runs, List<LoadedLatency> latencies, CancellationToken cancellationToken)
    {
        for (int round = 1; round <= comparison.Rounds; round++)
        {
            foreach (PerfSettings settings in comparison.Plans)
            {
                double? idle = null;
                foreach ((string name, bool up, bool down) in Loads)
                {
                    board.Begin($"{LabAddress.SchemeOf(settings.Transport)} {name}", round);
                    LoadedLatency latency = await MeasureAsync(settings, name, up, down, round, runs, cancellationToken).ConfigureAwait(false);
                    idle ??= latency.RoundTrip?.P50;
                    latencies.Add(latency with { IncreaseUs = latency.RoundTrip?.P50 - idle });
                }
            }
        }
    }

    private async Task<LoadedLatency> MeasureAsync(
        PerfSettings settings, string name, bool up, bool down, int round, List<PerfRun> runs, CancellationToken cancellationToken)
    {
        using var probe = new LatencyProbe();
        var window = new LoadWindow(board);
        PerfPair? forward = up ? new PerfPair(settings, [], window, PerfPlace.Loopback) : null;
        PerfPair? reverse = down ? new PerfPair(settings, [], window, PerfPlace.Loopback) : null;
        PerfPair[] pairs = [.. new[] { forward, reverse }.OfType<PerfPair>()];
        try
        {
            foreach (PerfPair pair in pairs)
            {
                await pair.StartAsync(cancellationToken).ConfigureAwait(false);
            }

            using LinkRelay? relay = comparison.Link is not { } link ? null : LabRelay.Start(
                link,
                comparison.Seed,
                [(probe.AnswersAt, false), .. pairs.Select(pair => (new IPEndPoint(IPAddress.Loopback, pair.Address.Port), pair == reverse))]);
            Task<PerfRun[]> load = Task.WhenAll(pairs.Select((pair, i) =>
                pair.RunAsync(relay is null ? pair.Address : pair.Address.At(relay.MoreEndPoints[i]), round, cancellationToken)));
            Task lasting = pairs.Length == 0 ? Task.Delay(settings.Time, cancellationToken) : load;
            (IReadOnlyList<ProbeSample> samples, long sent) = await probe.RunAsync(relay?.LocalEndPoint ?? probe.AnswersAt, relay, lasting).ConfigureAwait(false);
            await lasting.ConfigureAwait(false);
            PerfRun[] ran = [.. (await load.ConfigureAwait(false)).Select((run, i) => pairs[i] == reverse ? run with { Direction = "reverse" } : run)];
            foreach (PerfRun run in ran)
            {
                runs.Add(run);
                board.End(run);
            }

            ProbeSample[] settled = [.. samples.Where(sample => pairs.Length == 0 || window.Contains(probe.MomentOf(sample)))];
            var histogram = new LatencyHistogram();
            Array.ForEach(settled, sample => histogram.Record(TimeSpan.FromMicroseconds(sample.Rtt)));
            return new LoadedLatency(LabAddress.SchemeOf(settings.Transport), name, LatencySummary.From(histogram), sent, sent - samples.Count)
            {
                Round = round,
                UpBitsPerSecond = ran.Where(run => run.Direction is null).Sum(run => run.End.SumReceived.BitsPerSecond),
                DownBitsPerSecond = ran.Where(run => run.Direction is not null).Sum(run => run.End.SumReceived.BitsPerSecond),
                MaxQueueUp = relay is null ? null : samples.Select(sample => sample.QueueUp).DefaultIfEmpty().Max(),
                MaxQueueDown = relay is null ? null : samples.Select(sample => sample.QueueDown).DefaultIfEmpty().Max(),
                Samples = settled,
            };
        }
        finally
        {
            foreach (PerfPair pair in pairs)
            {
                await pair.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
