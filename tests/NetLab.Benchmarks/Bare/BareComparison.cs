using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace NetLab.Benchmarks.Bare;

/// <summary>
/// <c>bare-udp [ROUNDS] [SECONDS]</c>: the bare loop, <c>nlab perf --transport udp</c> and, where it is installed, iperf3,
/// in turns; the median of each and of the ratios within a round.
/// </summary>
internal static class BareComparison
{
    private const int SegmentSize = 1400;
    private const int ReceiveBuffer = 32 << 20;

    /// <summary>Runs it, or one half of it.</summary>
    public static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["receive"]:
                BareLoop.Receive(ReceiveBuffer);
                return 0;
            case ["send", var port, var time]:
                BareLoop.Send(int.Parse(port, CultureInfo.InvariantCulture), SegmentSize, TimeSpan.FromSeconds(double.Parse(time, CultureInfo.InvariantCulture)));
                return 0;
        }

        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("bare-udp: UDP_SEGMENT and UDP_GRO are Linux's");
            return 1;
        }

        int rounds = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 5;
        int seconds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 5;
        List<(double Bare, double Udp, double Kernel, double? Iperf)> results = [];
        for (int round = 1; round <= rounds; round++)
        {
            double bare = Bare(seconds);
            (double udp, double kernel) = Nlab(seconds);
            double? iperf = Iperf(seconds);
            results.Add((bare, udp, kernel, iperf));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round}: bare loop {bare / 1e9:F2}, udp {udp / 1e9:F2}, kernel-udp {kernel / 1e9:F2}, iperf3 -u {iperf / 1e9:F2} Gbit/s received"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"udp / bare loop: {Median(results.Select(r => r.Udp / r.Bare)):F2}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"udp / kernel-udp: {Median(results.Select(r => r.Udp / r.Kernel)):F2}"));
        if (results.TrueForAll(r => r.Iperf is not null))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"udp / iperf3 -u: {Median(results.Select(r => r.Udp / r.Iperf!.Value)):F2}"));
        }

        return 0;
    }

    private static double Bare(int seconds)
    {
        string self = typeof(BareComparison).Assembly.Location;
        using Process receiver = Start("dotnet", self, "bare-udp", "receive");
        string port = receiver.StandardOutput.ReadLine()!;
        using Process sender = Start("dotnet", self, "bare-udp", "send", port, (seconds + 1).ToString(CultureInfo.InvariantCulture));
        double rate = double.Parse(receiver.StandardOutput.ReadLine()!, CultureInfo.CurrentCulture);
        sender.WaitForExit();
        receiver.WaitForExit();
        return rate;
    }

    private static (double Udp, double Kernel) Nlab(int seconds)
    {
        string nlab = Path.Combine(AppContext.BaseDirectory, "nlab.dll");
        using Process perf = Start("dotnet", nlab, "perf", "--transport", "udp,kernel-udp", "--segment-size", $"{SegmentSize}", "--time", $"{seconds}s", "--json");
        using JsonDocument document = JsonDocument.Parse(perf.StandardOutput.ReadToEnd());
        JsonElement medians = document.RootElement.GetProperty("medians");
        return (medians.GetProperty("udp").GetDouble(), medians.GetProperty("kernel-udp").GetDouble());
    }

    private static double? Iperf(int seconds)
    {
        const string Port = "52017";
        try
        {
            using Process server = Start("iperf3", "-s", "-1", "-B", "127.0.0.1", "-p", Port, "--forceflush");
            server.StandardOutput.ReadLine();
            using Process client = Start("iperf3", "-c", "127.0.0.1", "-p", Port, "-u", "-b", "0", "-l", $"{SegmentSize}", "-w", "4M", "-t", $"{seconds}", "-J");
            using JsonDocument document = JsonDocument.Parse(client.StandardOutput.ReadToEnd());
            server.WaitForExit();

            // What arrived: iperf3's own sum counts what was sent.
            JsonElement sum = document.RootElement.GetProperty("end").GetProperty("sum");
            return sum.GetProperty("bits_per_second").GetDouble() * (1 - (sum.GetProperty("lost_percent").GetDouble() / 100));
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static Process Start(string file, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!;
}
