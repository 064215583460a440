using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Comparison;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Measurement.Saved;
using NetLab.Host.Plots;
using NetLab.Host.Recording;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab perf</c>: throughput, side by side; or, with an address, with a server of measurements there.</summary>
internal static class PerfCommand
{
    public static Command Create()
    {
        var command = new Command("perf", "Throughput, side by side: sender and receiver are processes of their own on loopback") { PerfServerCommand.Create() };
        PerfArguments arguments = PerfArguments.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            PerfOutput output = arguments.Output(parsed);
            if (arguments.Url(parsed) is not { } url)
            {
                return CompareAsync(arguments.Comparison(parsed), output, cancellationToken);
            }

            LabAddress peer = LabAddress.Parse(url);
            return MeasureAsync(peer, arguments.Plan(parsed, peer), output, arguments.Recording(parsed, peer), arguments.AllowRemote(parsed), cancellationToken);
        });
        return command;
    }

    private static async Task<int> MeasureAsync(LabAddress address, PerfSettings plan, PerfOutput output, RecordingOptions recording, bool allowRemote, CancellationToken cancellationToken)
    {
        IPEndPoint remote = await address.ResolvePeerAsync(allowRemote, cancellationToken).ConfigureAwait(false);
        using LabRecorder? recorder = recording.Open();
        using var parentGone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (output.Stream)
        {
            PerfServerCommand.CancelAtEndOfInput(parentGone);
        }

        var answer = new PeerAnswer();
        var client = new PerfClient(address, remote, recorder, answer, new SilentObserver());
        using var over = new CancellationTokenSource();
        Task saying = answer.SayIfMissingAsync(
            () => Console.Error.WriteLine($"{address}: nobody answers yet; nlab perf server {address} has to listen there (Ctrl-C ends)"), over.Token);
        var runs = new List<PerfRun>();
        var latencies = new List<LoadedLatency>();
        try
        {
            await (plan switch
            {
                { UnderLoad: true } => new PerfUnderLoadAt(client, plan).RunAsync(runs, latencies, parentGone.Token),
                { Direction: PerfDirection.Bidirectional } => AddAsync(client.RunBothAsync(plan, parentGone.Token)),
                _ => AddAsync(client.RunAsync(plan, parentGone.Token)),
            }).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new IOException($"{address}: {error.Message}", error);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await saying.ConfigureAwait(false);
            if (output.Stream)
            {
                runs.ForEach(run => Console.WriteLine(JsonSerializer.Serialize(run, PerfLineJson.Default.PerfRun)));
            }
            else if (runs.Count + latencies.Count > 0)
            {
                Print(new PerfDocument(null, plan.SegmentSize, runs) { UnderLoad = plan.UnderLoad ? latencies : null }, output, plan, null);
            }
        }

        return cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : runs.TrueForAll(run => run.End.Intact) ? ExitCode.Done : ExitCode.Failed;

        async Task AddAsync<T>(Task<T> measuring)
        {
            T measured = await measuring.ConfigureAwait(false);
            runs.AddRange(measured is PerfRun[] several ? several : [(PerfRun)(object)measured!]);
        }
    }

    private static async Task<int> CompareAsync(PerfComparison comparison, PerfOutput output, CancellationToken cancellationToken)
    {
        if (comparison.Link is not null)
        {
            await Console.Error.WriteLineAsync($"link {comparison.LinkText}  seed={comparison.Seed}").ConfigureAwait(false);
        }

        var runs = new List<PerfRun>();
        var latencies = new List<LoadedLatency>();
        try
        {
            await PerfBoard.RunAsync(comparison.Runs, board => comparison.UnderLoad
                ? new PerfUnderLoad(comparison, board).RunAsync(runs, latencies, cancellationToken)
                : new PerfSideBySide(comparison, board).RunAsync(runs, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            // Interrupted or failed: what is complete is shown.
            if (runs.Count + latencies.Count > 0)
            {
                Print(new PerfDocument(comparison.LinkText, comparison.Plans[0].SegmentSize, runs) { UnderLoad = comparison.UnderLoad ? latencies : null }, output, comparison.Plans[0], comparison.Link is null ? null : comparison.Seed);
            }
        }

        return runs.TrueForAll(r => r.End.Intact) ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Print(PerfDocument document, PerfOutput output, PerfSettings settings, ulong? seed)
    {
        if (output.Save is { } save)
        {
            SavedRunFile.Write(save, new SavedRun(TimeProvider.System.GetUtcNow(), output.Words, seed, SavedMachine.Now(), document));
        }

        if (output.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(document, PerfDocumentJson.Default.PerfDocument));
        }
        else if (output.Iperf3 && document.Runs is [var only])
        {
            Console.WriteLine(JsonSerializer.Serialize(Iperf3Document.Of(only, settings), PerfDocumentJson.Default.Iperf3Document));
        }
        else
        {
            Terminal.Out.Write(document.UnderLoad is { } latencies ? LoadedLatencyTable.Of(latencies, Terminal.Out.Profile.Width) : PerfTable.Of(document.Runs, Terminal.Out.Profile.Width));
            foreach (string line in PerfTable.Streams(document).Concat(PerfTable.Limits(document)).Concat(document.UnderLoad is null ? PerfTable.Summary(document) : []))
            {
                Console.WriteLine(line);
            }
        }

        if (output.Plot is { } plot)
        {
            PictureFile.Write(plot, RunPlot.Draw(RunReader.Of(document, seed), RunPlotKind.Throughput, ChartTheme.Automatic));
        }
    }

    /// <summary>Nothing is told before the end: what is printed then is the whole.</summary>
    private sealed class SilentObserver : IPerfObserver
    {
        public void OnInterval(int client, PerfInterval interval)
        {
        }

        public void OnReceived(int client, PerfReceived received)
        {
        }
    }
}
