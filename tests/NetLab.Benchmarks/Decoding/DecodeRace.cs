using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace NetLab.Benchmarks.Decoding;

/// <summary>
/// <c>decode-race</c>: nlab's outputs beside tshark's and tcpdump's on the same capture, in turns; packets a second and ratios.
/// </summary>
internal static class DecodeRace
{
    private const long Packets = 1_000_000;

    // tshark takes two minutes for a million packets as JSON; a tenth of them tells as much.
    private const long TsharkPackets = 100_000;

    public static int Run(string[] args)
    {
        int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
        string folder = args.Length > 0 ? args[0] : "captures";
        string work = Directory.CreateTempSubdirectory("nlab-race-").FullName;
        try
        {
            foreach (bool keepHosts in (ReadOnlySpan<bool>)[false, true])
            {
                Console.WriteLine(keepHosts ? "conversations that come again as they were:" : "every conversation a new one:");
                string large = Path.Combine(work, "large.pcap");
                string small = Path.Combine(work, "small.pcap");
                CaptureMaker.Make(folder, large, Packets, keepHosts);
                CaptureMaker.Make(folder, small, TsharkPackets, keepHosts);
                Race(large, small, rounds);
            }

            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Race(string large, string small, int rounds)
    {
        string nlab = Path.Combine(AppContext.BaseDirectory, "nlab.dll");
        (string Name, long Packets, string[] Command)[] runners =
        [
            ("nlab decode --json", Packets, ["dotnet", nlab, "decode", large, "--json"]),
            ("nlab decode --summary", Packets, ["dotnet", nlab, "decode", large, "--summary"]),
            ("nlab stats", Packets, ["dotnet", nlab, "stats", large]),
            ("tcpdump -nn", Packets, ["tcpdump", "-nn", "-r", large]),
            ("tshark -T fields", TsharkPackets, ["tshark", "-r", small, "-T", "fields", "-e", "frame.protocols"]),
            ("tshark -T json", TsharkPackets, ["tshark", "-r", small, "-T", "json"]),
        ];
        var rates = runners.ToDictionary(r => r.Name, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            foreach ((string name, long packets, string[] command) in runners)
            {
                if (Seconds(command) is { } seconds)
                {
                    rates[name].Add(packets / seconds);
                }
            }
        }

        foreach ((string name, List<double> values) in rates.Where(r => r.Value.Count > 0))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-22} {Median(values) / 1000,9:F0} thousand packets/s"));
        }

        foreach ((string ours, string theirs) in ((string, string)[])
            [("nlab decode --json", "tshark -T json"), ("nlab decode --json", "tshark -T fields"), ("nlab decode --summary", "tcpdump -nn"), ("nlab stats", "tcpdump -nn")])
        {
            if (rates[theirs].Count > 0)
            {
                double ratio = Median([.. rates[ours].Zip(rates[theirs], (a, b) => a / b)]);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {ours} / {theirs}: {ratio:F1}"));
            }
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // Seconds from start to end, output read and thrown away; null if the program is not installed.
    private static double? Seconds(string[] command)
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" > /dev/null 2> /dev/null", "sh", .. command]))!;
            process.WaitForExit();
            return process.ExitCode is 127 or 126 ? null : Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
