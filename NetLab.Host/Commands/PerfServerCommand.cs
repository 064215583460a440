using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using NetLab.Host.Measurement;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Recording;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab perf server URL</c>: what <c>nlab perf URL</c> measures with.</summary>
internal static class PerfServerCommand
{
    public static Command Create()
    {
        var url = new Argument<string>("URL") { Description = "Where to receive: tcp://, udp://, kernel-tcp://, kernel-udp://, tun-tcp:// or raw-tcp://HOST:PORT" };
        var once = new Option<bool>("--once") { Description = "End after one client's measurement" };
        Option<string?> poll = PerfArguments.Poll();
        var jsonStream = new Option<bool>("--json-stream") { Hidden = true };
        Option<bool> allowRemote = CommonOptions.AllowRemote();
        var command = new Command("server", "Serve nlab perf URL, several clients at once, until Ctrl-C: receive, send where --reverse asks for it, answer") { url, once, poll, jsonStream, allowRemote };
        RecordingArguments recorded = RecordingArguments.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            LabAddress address = LabAddress.Parse(parsed.GetRequiredValue(url));
            if (!address.IsStream && !parsed.GetValue(jsonStream) && parsed.GetValue(poll) is { } asked)
            {
                throw new UsageException($"--poll '{asked}': is of tcp and kernel-tcp, and {address} has none of it");
            }

            using LabRecorder? recorder = recorded.From(parsed).For(address).Open();
            using var parentGone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bool stream = parsed.GetValue(jsonStream);
            if (stream)
            {
                CancelAtEndOfInput(parentGone);
            }

            try
            {
                using var observer = new PrintingObserver(stream);
                await PerfServer.RunAsync(
                    address,
                    parsed.GetValue(allowRemote),
                    parsed.GetValue(once),
                    Polling.Parse(parsed.GetValue(poll)),
                    observer,
                    recorder,
                    at => Console.Error.WriteLine($"listening on {at}"),
                    parentGone.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (parentGone.IsCancellationRequested)
            {
                // Below it is told which end that is.
            }

            // Ctrl-C is how a standing server ends; one that was to measure once has not, then.
            return parentGone.IsCancellationRequested && (stream || parsed.GetValue(once)) ? ExitCode.Interrupted : ExitCode.Done;
        });
        return command;
    }

    /// <summary>
    /// The end of standard input is how a process that was started for another learns that nobody needs it any more, also
    /// when that other was killed.
    /// </summary>
    public static void CancelAtEndOfInput(CancellationTokenSource source) => new Thread(() =>
    {
        using Stream input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
        }

        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in the same moment.
        }
    })
    { IsBackground = true, Name = "end of input" }.Start();

    /// <summary>
    /// Prints on a thread of its own: whoever receives must not wait for a terminal, nor for code that is compiled when it is
    /// first used.
    /// </summary>
    private sealed class PrintingObserver : IPerfObserver, IDisposable
    {
        private readonly BlockingCollection<Func<string>> _lines = [];
        private readonly Thread _thread;
        private readonly bool _json;

        public PrintingObserver(bool json)
        {
            _json = json;

            // Compiled now, while nobody sends yet.
            Line(1, new PerfInterval(new PerfIntervalSum(0, 1)));
            _thread = new Thread(() =>
            {
                foreach (Func<string> line in _lines.GetConsumingEnumerable())
                {
                    Console.WriteLine(line());
                }
            })
            { Name = "perf output" };
            _thread.Start();
        }

        public void OnClient(int client, EndPoint? from, PerfHello hello)
        {
            if (!_json)
            {
                string does = hello switch
                {
                    { Mode: PerfMode.Latency } => "measures round trips",
                    { Mode: PerfMode.Connections } => "measures connections",
                    { Load: not null } => "is sent to",
                    _ => "sends",
                };
                _lines.Add(() => string.Create(CultureInfo.InvariantCulture, $"#{client} {from?.ToString() ?? "somebody who has gone"} {does}{(hello.Streams > 1 ? $", {hello.Streams} streams" : "")}"));
            }
        }

        public void OnInterval(int client, PerfInterval interval) => _lines.Add(() => Line(client, interval));

        public void OnReceived(int client, PerfReceived received)
        {
            // A program that reads lines of JSON has it from the sender, together with the sender's own part.
            if (!_json)
            {
                _lines.Add(() => string.Create(
                    CultureInfo.InvariantCulture,
                    $"#{client} received {received.Bytes} bytes in {received.Seconds:F2} s: {Units.Rate(received.BitsPerSecond)}, lost {received.LostPackets}, reordered {received.OutOfOrder}, duplicates {received.Duplicates}"));
            }
        }

        public void Dispose()
        {
            _lines.CompleteAdding();
            _thread.Join();
            _lines.Dispose();
        }

        private string Line(int client, PerfInterval interval) => _json
            ? JsonSerializer.Serialize(interval, PerfLineJson.Default.PerfInterval)
            : string.Create(CultureInfo.InvariantCulture, $"#{client} {interval.Sum.Start,7:F2} s to {interval.Sum.End,7:F2} s  {Units.Rate(interval.Sum.BitsPerSecond),14}");
    }
}
