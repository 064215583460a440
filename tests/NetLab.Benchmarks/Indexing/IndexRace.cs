using System.Diagnostics;
using System.Globalization;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Indexing;
using NetLab.Osi.Protocols;
using NetLab.Osi.Statistics;

namespace NetLab.Benchmarks.Indexing;

/// <summary>
/// <c>index-race</c>: captures of one connection of a million packets each, opened in the page: what indexing costs beside <c>nlab stats</c>, in turns; how
/// long rows and jumps take, and how much memory. <c>index-race sparse 10G</c>: how long a capture of that size needs until its end, its rows and its packets are there.
/// </summary>
internal static class IndexRace
{
    private const int Jumps = 50;
    private const int Seed = 3;

    // Linux's file system in memory.
    private const string Memory = "/dev/shm";

    public static int Run(string[] args)
    {
        // A file of a hundred thousand holes is quickly made and slowly deleted on a disk.
        bool isSparse = args is ["sparse", _];
        string work = isSparse && Directory.Exists(Memory) ? Directory.CreateDirectory(Path.Combine(Memory, Path.GetRandomFileName())).FullName : Directory.CreateTempSubdirectory("nlab-index-").FullName;
        try
        {
            if (args is ["sparse", var size])
            {
                long bytes = long.Parse(size.TrimEnd('G', 'g'), CultureInfo.InvariantCulture) << 30;
                string path = Path.Combine(work, "sparse.pcap");
                SparseCapture.Make(path, bytes);
                Look("sparse", path);
                return 0;
            }

            long packets = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
            int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;
            foreach ((string kind, Action<string, long> make) in LongStream.Kinds.Where(k => args.Length < 3 || args[2].Split(',').Contains(k.Key)))
            {
                string path = Path.Combine(work, "long.pcapng");
                make(path, packets);
                Race(kind, path, rounds);
                Look(kind, path);
                File.Delete(path);
            }

            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    // The index itself beside what nlab stats does, both in this process; ratios are taken within a round, as the machine is the same for both.
    private static void Race(string kind, string path, int rounds)
    {
        var ratios = new List<(double Time, double Processor)>();
        var rates = new List<double>();
        for (int round = 0; round <= rounds; round++)
        {
            (double Seconds, double Processor) stats = Taken(() => Sum(path));
            long packets = 0;
            (double Seconds, double Processor) index = Taken(() => packets = Index(path));

            // In the first one code is compiled.
            if (round > 0)
            {
                rates.Add(packets / index.Seconds);
                ratios.Add((stats.Seconds / index.Seconds, stats.Processor / index.Processor));
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}: index {Median(rates) / 1000:F0} thousand packets/s; its speed by that of nlab stats {Median(ratios.Select(r => r.Time)):F2}, by processor time {Median(ratios.Select(r => r.Processor)):F2}"));
    }

    private static void Sum(string path)
    {
        using CaptureReader reader = CaptureReader.Open(OpenFile(path));
        var statistics = new CaptureStatistics();
        var decoder = new PacketDecoder(statistics.Observing(new DecoderOptions { HashStreams = false, DecodeBodies = false }));
        DecodePipeline.Run(reader, decoder, (in CapturedPacket packet, DecodedPacket decoded) =>
        {
            statistics.Add(packet, decoded);
            return true;
        });
        statistics.Conversations(decoder, out _);
        statistics.Anomalies(decoder);
    }

    private static long Index(string path)
    {
        using var index = new CaptureIndex(CaptureReader.Open(OpenFile(path)), path);
        index.Build();
        return index.Count;
    }

    private static FileStream OpenFile(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);

    private static (double Seconds, double Processor) Taken(Action action)
    {
        GC.Collect();
        (long began, TimeSpan processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        action();
        return (Stopwatch.GetElapsedTime(began).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    private static void Look(string kind, string path)
    {
        long began = Stopwatch.GetTimestamp();
        using ServedPage page = ServedPage.Start(path);
        long packets = page.WaitForIndex();
        double opened = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double rows = page.Milliseconds("frames?skip=0&limit=200");
        var random = new Random(Seed);
        double[] times = [.. Enumerable.Range(0, Jumps).Select(_ => 1 + random.NextInt64(packets)).Select(n => page.Milliseconds($"frames?skip={Math.Max(0, n - 20)}&limit=40&near={n}") + page.Milliseconds($"frame/{n}"))];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}: {packets} packets read in {opened:F1} s; first rows {rows:F0} ms; {Jumps} jumps: median {Median(times):F0} ms, first {times[0]:F0} ms, slowest {times.Max():F0} ms; memory at most {page.PeakMegabytes:F0} MB"));
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
