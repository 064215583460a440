using System.CommandLine;
using System.Text.Json;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Comparison;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Measurement.Saved;
using NetLab.Host.Plots;
using NetLab.Host.Recording;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab perf</c>: throughput, side by side; or, with an address, the sending half alone.</summary>
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
            return SendAsync(peer, arguments.Plan(parsed, peer), output, arguments.Recording(parsed, peer), arguments.AllowRemote(parsed), cancellationToken);
        });
        return command;
    }

    private static async Task<int> SendAsync(LabAddress address, PerfSettings plan, PerfOutput output, RecordingOptions recording, bool allowRemote, CancellationToken cancellationToken)
    {
        address.ResolvePeer(allowRemote);
        using LabRecorder? recorder = recording.Open();
        using var parentGone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (output.Stream)
        {
            PerfServerCommand.CancelAtEndOfInput(parentGone);
        }

        PerfStart start = PerfStart.Now();
        PerfOutcome outcome;
        try
        {
            outcome = await PerfHalves.SendAsync(address, plan, allowRemote, recorder, parentGone.Token).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new IOException($"{address}: {error.Message}", error);
        }

        PerfRun run = outcome.ToRun(LabAddress.SchemeOf(address.Transport), 1, start);
        if (output.Stream)
        {
            Console.WriteLine(JsonSerializer.Serialize(run, PerfLineJson.Default.PerfRun));
        }
        else
        {
            Print(new PerfDocument(null, plan.SegmentSize, [run]), output, plan, null);
        }

        return cancellationToken.IsCancellationRequested ? ExitCode.Interrupted : run.End.Intact ? ExitCode.Done : ExitCode.Failed;
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
            foreach (string line in PerfTable.Streams(document).Concat(document.UnderLoad is null ? PerfTable.Summary(document) : []))
            {
                Console.WriteLine(line);
            }
        }

        if (output.Plot is { } plot)
        {
            PictureFile.Write(plot, RunPlot.Draw(RunReader.Of(document, seed), RunPlotKind.Throughput, ChartTheme.Automatic));
        }
    }
}
