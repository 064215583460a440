using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace NetLab.Benchmarks.BareWire;

/// <summary>
/// <c>bare-wire [ROUNDS] [SECONDS] [OPTION…]</c>: nlab perf by tcp, kernel-tcp and udp in turns, segments of 1400 bytes, between two network
/// namespaces whose veth pair does nothing for the processor. Prints each round, the medians and the median of the ratios within a round.
/// Further options go to the sending nlab perf and, with --poll, to both halves.
/// </summary>
internal static class BareWireRun
{
    private const int SegmentSize = 1400;

    private static readonly string[] Transports = ["tcp", "kernel-tcp", "udp"];

    /// <summary>Runs it.</summary>
    /// <returns>0; 1 if it cannot be measured here, with a line that says why.</returns>
    public static int Run(string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("bare-wire: needs Linux and root: it makes two network namespaces and a veth pair between them");
            return 1;
        }

        int rounds = Number(arguments, 0, 5);
        int seconds = Number(arguments, 1, 3);
        string[] options = arguments.Length > 2 ? arguments[2..] : [];
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            // Everything made is taken down before the end.
            pressed.Cancel = true;
            stop.Cancel();
        };
        try
        {
            using var namespaces = new WireNamespaces();
            Measure(namespaces, rounds, seconds, options, stop.Token);
            return 0;
        }
        catch (Exception error) when (error is InvalidOperationException or OperationCanceledException)
        {
            Console.Error.WriteLine($"bare-wire: {error.Message}");
            return 1;
        }
    }

    private static void Measure(WireNamespaces namespaces, int rounds, int seconds, string[] options, CancellationToken stop)
    {
        Dictionary<string, List<double>> rates = Transports.ToDictionary(t => t, _ => new List<double>());
        for (int round = 1; round <= rounds; round++)
        {
            foreach (string transport in Transports)
            {
                rates[transport].Add(Rate(namespaces, transport, seconds, options, stop));
            }

            Console.WriteLine($"round {round}: {string.Join(", ", Transports.Select(t => Text($"{t} {rates[t][^1] / 1e9:F2}")))} Gbit/s");
        }

        Console.WriteLine($"medians: {string.Join(", ", Transports.Select(t => Text($"{t} {Median(rates[t]) / 1e9:F2}")))} Gbit/s");
        Console.WriteLine(Text($"tcp / kernel-tcp: {Median(rates["tcp"].Zip(rates["kernel-tcp"], (a, b) => a / b)):F2}"));
        Console.WriteLine(Text($"tcp / udp: {Median(rates["tcp"].Zip(rates["udp"], (a, b) => a / b)):F2}"));
    }

    private static double Rate(WireNamespaces namespaces, string transport, int seconds, string[] options, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        string nlab = Path.Combine(AppContext.BaseDirectory, "nlab.dll");
        string[] both = [.. options.SkipWhile(o => o != "--poll").Take(2)];
        using Process server = Start(namespaces.Receiver, ["dotnet", nlab, "perf", "server", $"{transport}://{WireNamespaces.ReceiverAddress}:0", "--allow-remote", .. both]);
        try
        {
            using CancellationTokenRegistration killing = stop.Register(() => server.Kill(entireProcessTree: true));
            string url = ReadAddress(server, transport);
            using Process client = Start(namespaces.Sender, ["dotnet", nlab, "perf", url, "--allow-remote", "--segment-size", $"{SegmentSize}", "--time", $"{seconds}s", "--json", .. options]);
            using CancellationTokenRegistration killingToo = stop.Register(() => client.Kill(entireProcessTree: true));
            Task<string> errors = client.StandardError.ReadToEndAsync(CancellationToken.None);
            string output = client.StandardOutput.ReadToEnd();
            client.WaitForExit();
            stop.ThrowIfCancellationRequested();
            if (client.ExitCode != 0)
            {
                throw new InvalidOperationException(errors.Result.Trim());
            }

            using JsonDocument document = JsonDocument.Parse(output);
            return document.RootElement.GetProperty("medians").GetProperty(transport).GetDouble();
        }
        finally
        {
            if (!server.HasExited)
            {
                server.Kill(entireProcessTree: true);
            }

            server.WaitForExit();
        }
    }

    // "listening on tcp://10.213.77.2:40123", on one of its two outputs.
    private static string ReadAddress(Process server, string transport)
    {
        string marker = $"{transport}://";
        var said = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object sender, DataReceivedEventArgs line)
        {
            int at = line.Data?.IndexOf(marker, StringComparison.Ordinal) ?? -1;
            if (at >= 0 && line.Data!.Contains("listening", StringComparison.Ordinal))
            {
                said.TrySetResult(line.Data[at..].Trim());
            }
        }

        server.OutputDataReceived += Look;
        server.ErrorDataReceived += Look;
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        return said.Task.Wait(TimeSpan.FromSeconds(20)) ? said.Task.Result : throw new InvalidOperationException($"nlab perf server {marker} did not begin to listen");
    }

    private static Process Start(string networkNamespace, string[] command) =>
        Process.Start(new ProcessStartInfo("ip", ["netns", "exec", networkNamespace, .. command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static int Number(string[] arguments, int index, int otherwise) =>
        arguments.Length > index ? int.Parse(arguments[index], CultureInfo.InvariantCulture) : otherwise;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
