using System.Globalization;
using System.Net;
using System.Text.Json;
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
    public async Task RunAsync(List<PerfRun> runs, CancellationToken cancellationToken)
    {
        for (int round = 1; round <= comparison.Rounds; round++)
        {
            foreach (PerfPlan plan in comparison.Plans)
            {
                string transport = LabAddress.SchemeOf(plan.Transport);
                board.Begin(transport, round);
                try
                {
                    PerfRun run = await RunOnceAsync(plan, round, cancellationToken).ConfigureAwait(false);
                    runs.Add(run);
                    board.End(run);
                    cancellationToken.ThrowIfCancellationRequested();
                }
                catch (IOException error)
                {
                    throw new IOException($"{transport}, round {round}: {error.Message}", error);
                }
            }
        }
    }

    private async Task<PerfRun> RunOnceAsync(PerfPlan plan, int round, CancellationToken cancellationToken)
    {
        var loopback = new LabAddress(plan.Transport, IPAddress.Loopback.ToString(), 0);
        var server = new ChildProcess(["perf", "server", loopback.ToString(), "--once", "--json-stream"]);
        await using (server.ConfigureAwait(false))
        {
            LabAddress address = LabAddress.Parse(await server.ListeningAsync(cancellationToken).ConfigureAwait(false));
            using LinkRelay? relay = comparison.Link is not { } link ? null : LabRelay.Start(new IPEndPoint(IPAddress.Loopback, address.Port), link, comparison.Seed);
            if (relay is not null)
            {
                address = address.At(relay.LocalEndPoint);
            }

            Task watching = WatchAsync(server);
            var client = new ChildProcess([.. ArgumentsOf(plan, address), .. comparison.Recordings]);
            await using (client.ConfigureAwait(false))
            {
                // Interrupted, the sender stops and still collects what arrived until then.
                using CancellationTokenRegistration interrupt = cancellationToken.Register(client.CloseInput);
                PerfRun? run = null;
                await foreach (string line in client.Output.ConfigureAwait(false))
                {
                    run = JsonSerializer.Deserialize(line, PerfLineJson.Default.PerfRun);
                }

                if (run is null)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                if (run is null)
                {
                    await client.EndAsync().ConfigureAwait(false);
                }

                await server.EndAsync().ConfigureAwait(false);
                await watching.ConfigureAwait(false);
                run = (run ?? throw new IOException("the sender reported nothing")) with { Round = round };
                return relay is null ? run : WithLink(run, LinkReport.Of(relay, comparison.Seed), plan);
            }
        }
    }

    private async Task WatchAsync(ChildProcess server)
    {
        await foreach (string line in server.Output.ConfigureAwait(false))
        {
            if (JsonSerializer.Deserialize(line, PerfLineJson.Default.PerfInterval) is { } interval)
            {
                board.Interval(interval);
            }
        }
    }

    // The link knows what it dropped and what it damaged; whatever else is missing was lost in a buffer before or behind it.
    private static PerfRun WithLink(PerfRun run, LinkReport report, PerfPlan plan)
    {
        PerfReceived received = run.End.SumReceived;
        if (plan.Transport is LabTransport.Udp or LabTransport.KernelUdp)
        {
            LinkDirectionReport up = report.Up;
            long onLink = Math.Min(received.LostPackets, up.Lost + up.ScriptedDrops + up.QueueDrops + up.EarlyDrops + up.LostWhileDown + up.TooLarge + up.Corrupted);
            received = received with { LostOnLink = onLink, LostInSocketBuffer = received.LostPackets - onLink };
        }

        return run with { End = run.End with { SumReceived = received, Link = report } };
    }

    private static IEnumerable<string> ArgumentsOf(PerfPlan plan, LabAddress address)
    {
        List<string> arguments =
        [
            "perf", address.ToString(), "--json-stream",
            "--segment-size", Number(plan.SegmentSize),
            "--streams", Number(plan.Streams),
            "--time", Milliseconds(plan.Time),
            "--warm-up", Milliseconds(plan.WarmUp),
            "--rate", Number(plan.Rate),
        ];
        if (plan.Bytes > 0)
        {
            arguments.AddRange(["--bytes", Number(plan.Bytes)]);
        }

        if (plan.Mode != PerfMode.Throughput)
        {
            arguments.Add(plan.Mode == PerfMode.Latency ? "--latency" : "--connections");
        }

        if (plan.Ecn)
        {
            arguments.Add("--ecn");
        }

        if (plan.MtuSearch)
        {
            arguments.Add("--mtu-search");
        }

        if (plan.Congestion is { } congestion)
        {
            arguments.AddRange(["--congestion", congestion]);
        }

        return arguments;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms");
}
