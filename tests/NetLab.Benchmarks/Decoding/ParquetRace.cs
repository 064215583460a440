using System.Diagnostics;
using System.Globalization;

namespace NetLab.Benchmarks.Decoding;

/// <summary>
/// <c>parquet-race FOLDER [PACKETS [ROUNDS]]</c>: the table of packets of a long capture as Parquet, beside <c>nlab stats</c> of it, in
/// turns: packets a second, processor time, the most memory held, and the table's size beside the capture's.
/// </summary>
internal static class ParquetRace
{
    public static int Run(string[] args)
    {
        string folder = args.Length > 0 ? args[0] : "captures";
        long packets = args.Length > 1 ? long.Parse(args[1], CultureInfo.InvariantCulture) : 1_000_000;
        int rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 3;
        string work = Directory.CreateTempSubdirectory("nlab-parquet-").FullName;
        try
        {
            string capture = Path.Combine(work, "large.pcap");
            CaptureMaker.Make(folder, capture, packets, keepHosts: false);
            string tables = Path.Combine(work, "tables");
            string[][] commands = [["stats", capture], ["decode", capture, "--parquet", tables, "--tables", "packets"], ["decode", capture, "--parquet", tables]];
            string[] names = ["stats", "--tables packets", "all tables"];
            var runs = commands.Select(_ => new List<Used>()).ToArray();
            long size = 0;
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < commands.Length; i++)
                {
                    runs[i].Add(Used.By(commands[i]));
                    size = Math.Max(size, new FileInfo(Path.Combine(tables, "packets.parquet")) is { Exists: true } table ? table.Length : 0);
                }
            }

            for (int i = 0; i < commands.Length; i++)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {names[i],-18} {packets / Median(runs[i], r => r.Seconds) / 1000,7:F0} thousand packets/s {Median(runs[i], r => r.Processor),7:F2} s of processors {Median(runs[i], r => r.Memory) / 1e6,6:F0} MB held at most"));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  packets.parquet: {(double)size / new FileInfo(capture).Length:F3} of the capture"));
            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static double Median(List<Used> runs, Func<Used, double> figure) => runs.Select(figure).Order().ElementAt(runs.Count / 2);

    // What a run of nlab took.
    private readonly record struct Used(double Seconds, double Processor, double Memory)
    {
        public static Used By(string[] words)
        {
            string nlab = Path.Combine(AppContext.BaseDirectory, "nlab.dll");
            long start = Stopwatch.GetTimestamp();
            using Process process = Process.Start(new ProcessStartInfo("dotnet", [nlab, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            long memory = 0;
            double processor = 0;
            while (!process.WaitForExit(20))
            {
                try
                {
                    process.Refresh();
                    (memory, processor) = (Math.Max(memory, process.PeakWorkingSet64), process.TotalProcessorTime.TotalSeconds);
                }
                catch (InvalidOperationException)
                {
                    // It has just ended.
                }
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            process.WaitForExit();
            _ = output.Result;
            return process.ExitCode == 0
                ? new Used(seconds, processor, memory)
                : throw new InvalidOperationException($"nlab {string.Join(' ', words)}: exit {process.ExitCode}: {errors.Result.Trim()}");
        }
    }
}
