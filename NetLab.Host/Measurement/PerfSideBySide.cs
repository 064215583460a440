using System.Net;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Relays;
using NetLab.Host.Settings;
using NetLab.Udp.Links;

namespace NetLab.Host.Measurement;

/// <summary>Measures transports in turn, each run in two new processes on loopback, with an emulated link between them if one is asked for.</summary>
/// <param name="comparison">What is measured.</param>
/// <param name="board">Told how far it is.</param>
internal sealed class PerfSideBySide(PerfComparison comparison, IPerfBoard board)
{
    /// <summary>Runs A B C, A B C …, so that what changes in the machine meanwhile changes for all.</summary>
    /// <param name="runs">Receives each run when it is over.</param>
    /// <param name="cancellationToken">Stops; what is complete stays.</param>
    /// <exception cref="UsageException">What they need cannot be made here.</exception>
    public async Task RunAsync(List<PerfRun> runs, CancellationToken cancellationToken)
    {
        using var bench = new PerfBench(comparison.Plans.Select(p => p.Transport));
        for (int round = 1; round <= comparison.Rounds; round++)
        {
            foreach (PerfSettings plan in comparison.Plans)
            {
                string transport = LabAddress.SchemeOf(plan.Transport);
                board.Begin(transport, round);
                try
                {
                    foreach (PerfRun run in await RunOnceAsync(plan, bench.PlaceOf(plan.Transport), round, cancellationToken).ConfigureAwait(false))
                    {
                        runs.Add(run);
                        board.End(run);
                    }

                    cancellationToken.ThrowIfCancellationRequested();
                }
                catch (IOException error)
                {
                    throw new IOException($"{transport}, round {round}: {error.Message}", error);
                }
            }
        }
    }

    private async Task<IReadOnlyList<PerfRun>> RunOnceAsync(PerfSettings settings, PerfPlace place, int round, CancellationToken cancellationToken)
    {
        bool up = settings.Direction != PerfDirection.Reverse;
        bool down = settings.Direction != PerfDirection.Forward;
        PerfPair? forward = up ? new PerfPair(settings, comparison.Recordings, board, place) : null;
        PerfPair? reverse = down ? new PerfPair(settings, forward is null ? comparison.Recordings : [], board, place) : null;
        PerfPair[] pairs = [.. new[] { forward, reverse }.OfType<PerfPair>()];
        try
        {
            foreach (PerfPair pair in pairs)
            {
                await pair.StartAsync(cancellationToken).ConfigureAwait(false);
            }

            using LinkRelay? relay = comparison.Link is not { } link ? null : LabRelay.Start(
                link, comparison.Seed, [.. pairs.Select(pair => (new IPEndPoint(IPAddress.Loopback, pair.Address.Port), IsReversed: pair == reverse))]);
            IPEndPoint[] entrances = relay is null ? [] : [relay.LocalEndPoint, .. relay.MoreEndPoints];
            PerfRun[] runs = await Task.WhenAll(pairs.Select((pair, i) =>
                pair.RunAsync(relay is null ? pair.Address : pair.Address.At(entrances[i]), round, cancellationToken))).ConfigureAwait(false);
            return
            [
                .. runs.Select((run, i) =>
                {
                    PerfRun named = pairs[i] == reverse ? run with { Direction = "reverse" } : run;
                    return relay is null ? named : WithLink(named, LinkReport.Of(relay, comparison.Seed), settings);
                }),
            ];
        }
        finally
        {
            foreach (PerfPair pair in pairs)
            {
                await pair.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    // The link knows what it dropped and what it damaged; whatever else is missing was lost in a buffer before or behind it.
    private static PerfRun WithLink(PerfRun run, LinkReport report, PerfSettings settings)
    {
        PerfReceived received = run.End.SumReceived;
        if (settings.Transport is LabTransport.Udp or LabTransport.KernelUdp)
        {
            LinkDirectionReport way = run.Direction == "reverse" ? report.Down : report.Up;
            long onLink = Math.Min(received.LostPackets, way.Lost + way.ScriptedDrops + way.QueueDrops + way.EarlyDrops + way.LostWhileDown + way.TooLarge + way.Corrupted);
            received = received with { LostOnLink = onLink, LostInSocketBuffer = received.LostPackets - onLink };
        }

        return run with { End = run.End with { SumReceived = received, Link = report } };
    }
}
