using System.Diagnostics;
using System.Globalization;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;
using NetLab.Osi.Tests.Application;
using Xunit.Abstractions;

namespace NetLab.Osi.Tests;

/// <summary>
/// Whatever the bytes, decoding and every rendering end, and nothing throws. A short form of it runs always; fifty million
/// mutated packets, and every prefix and every extreme of every packet, run with NETLAB_DECODE_FUZZ=50000000.
/// NETLAB_DECODE_FUZZ_SEED repeats a run.
/// </summary>
public sealed class HostileInputTests(ITestOutputHelper log)
{
    private const long MaxMemory = 300L << 20;
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(50);

    private static int Mutations => FromEnvironment("NETLAB_DECODE_FUZZ", 60_000);

    private static bool IsLong => Mutations >= 1_000_000;

    [Fact]
    public void Every_prefix_and_every_extreme_of_our_recordings() => ForEachPacket(Folders.Recordings, IsLong ? 1 : 7);

    [CorpusFact]
    public void Every_prefix_and_every_extreme_of_other_peoples_captures() => ForEachPacket(Directory.GetFiles(Folders.Corpus!), IsLong ? 1 : 41);

    [CorpusFact]
    public void Every_capture_of_other_people_is_read_to_its_end_or_its_damage()
    {
        long lines = 0;
        foreach (string file in Directory.GetFiles(Folders.Corpus!))
        {
            (string json, _) = Decoding.ToJson(File.OpenRead(file));
            lines += json.Count(c => c == '\n');
        }

        // Eleven thousand packets, and an object for each TCP stream.
        Assert.True(lines > 11_000, $"{lines} lines");
    }

    [Fact]
    public void Mutated_packets()
    {
        // From real packets: bits flipped, cut, spliced, lengths lied about. One decoder takes them all, so that what it
        // remembers of made-up conversations must stay bounded.
        int seed = FromEnvironment("NETLAB_DECODE_FUZZ_SEED", Random.Shared.Next());
        log.WriteLine($"NETLAB_DECODE_FUZZ_SEED={seed}");
        var random = new Random(seed);
        string[] files = Folders.Corpus is { } corpus ? [.. Folders.Recordings, .. Directory.GetFiles(corpus)] : Folders.Recordings;
        List<Seed> seeds = [.. files.SelectMany(f => Read(f, 1)), .. ProtocolSampleTests.All.SelectMany(s => s.Frames()).Select(f => new Seed(new CaptureInterface(1, 0), f)),
            .. FrameSamples.All.Select(s => new Seed(new CaptureInterface(s.LinkType, 0), s.Bytes))];
        using var everything = new Everything();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        int count = Mutations;
        for (int i = 0; i < count; i++)
        {
            (byte[] bytes, CaptureInterface source) = Mutate(random, seeds);
            int original = random.Next(4) == 0 ? bytes.Length + random.Next(2000) : bytes.Length;
            everything.Take(new CapturedPacket(i + 1, source, i * 1000L, original, bytes), all: i % 16 == 0);
        }

        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        log.WriteLine($"{count} packets, slowest {everything.Slowest.TotalMilliseconds:F1} ms ({everything.Late} over {MaxTime.TotalMilliseconds} ms), memory grown by {grown >> 20} MiB");
        Assert.True(grown < MaxMemory, $"memory grew by {grown} bytes");

        // The machine may stop the process for longer than that; a packet that takes it is slow again.
        Assert.Empty(everything.Slow);
    }

    private static (byte[] Bytes, CaptureInterface Source) Mutate(Random random, List<Seed> seeds)
    {
        Seed seed = seeds[random.Next(seeds.Count)];
        byte[] bytes = [.. seed.Bytes];
        if (random.Next(8) == 0)
        {
            // Spliced: the front of one and the rest of another.
            byte[] other = seeds[random.Next(seeds.Count)].Bytes;
            bytes = [.. bytes[..random.Next(bytes.Length + 1)], .. other[random.Next(other.Length)..]];
        }

        for (int changes = random.Next(6); changes > 0 && bytes.Length > 2; changes--)
        {
            // Most of what decides stands in front.
            int at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Length - 1, 100)) : random.Next(bytes.Length - 1);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    (bytes[at], bytes[at + 1]) = random.Next(2) == 0 ? ((byte)0, (byte)0) : ((byte)0xFF, (byte)0xFF);
                    break;
                default:
                    (bytes[at], bytes[at + 1]) = ((byte)random.Next(8), (byte)random.Next(256));
                    break;
            }
        }

        if (random.Next(6) == 0)
        {
            bytes = bytes[..random.Next(bytes.Length + 1)];
        }

        return (bytes, random.Next(12) == 0 ? seeds[random.Next(seeds.Count)].Source : seed.Source);
    }

    private static void ForEachPacket(string[] files, int everyNth)
    {
        foreach (string file in files)
        {
            using var everything = new Everything();
            foreach (Seed seed in Read(file, everyNth))
            {
                byte[] bytes = seed.Bytes;
                for (int length = 0; length <= (IsLong ? bytes.Length : Math.Min(bytes.Length, 400)); length++)
                {
                    everything.Take(new CapturedPacket(1, seed.Source, 0, bytes.Length, bytes.AsSpan(0, length)), all: !IsLong);
                }

                // Every byte and every pair of bytes in turn at its least and its most: every length field is among them.
                for (int at = 0; at + 1 < (IsLong ? bytes.Length : Math.Min(bytes.Length, 120)); at++)
                {
                    (byte first, byte second) = (bytes[at], bytes[at + 1]);
                    foreach (byte extreme in (byte[])[0, 0xFF])
                    {
                        bytes[at] = extreme;
                        everything.Take(new CapturedPacket(1, seed.Source, 0, bytes.Length, bytes), all: !IsLong);
                        bytes[at + 1] = extreme;
                        everything.Take(new CapturedPacket(1, seed.Source, 0, bytes.Length, bytes), all: false);
                        (bytes[at], bytes[at + 1]) = (first, second);
                    }
                }
            }
        }
    }

    private static List<Seed> Read(string file, int everyNth)
    {
        var packets = new List<Seed>();
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
        while (reader.TryRead(out CapturedPacket packet))
        {
            if (packet.Number % everyNth == everyNth - 1 && packet.Bytes.Length > 0)
            {
                packets.Add(new Seed(packet.Source, packet.Bytes.ToArray()));
            }
        }

        return packets;
    }

    private static int FromEnvironment(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private sealed record Seed(CaptureInterface Source, byte[] Bytes);

    /// <summary>A decoder and all renderers; what throws says which packet it was.</summary>
    private sealed class Everything : IDisposable
    {
        private readonly PacketDecoder _decoder = new();
        private readonly DecodedPacket _decoded = new();
        private readonly JsonLines _json = new(Stream.Null);
        private readonly PacketTree _tree = new(TextWriter.Null);
        private readonly PacketSummary _summary = new();
        private readonly PacketLabel _label = new();

        public TimeSpan Slowest { get; private set; }

        public int Late { get; private set; }

        /// <summary>Packets that were slow three times in a row.</summary>
        public List<string> Slow { get; } = [];

        public void Take(in CapturedPacket packet, bool all)
        {
            long start = Stopwatch.GetTimestamp();
            try
            {
                Decode(packet, all);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"link type {packet.Source.LinkType}, {packet.OriginalLength} bytes on the wire: {Convert.ToHexString(packet.Bytes)}", error);
            }

            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            Slowest = taken > Slowest ? taken : Slowest;
            if (taken > MaxTime)
            {
                Late++;
                if (TakesLong(packet) && TakesLong(packet) && TakesLong(packet))
                {
                    Slow.Add($"link type {packet.Source.LinkType}: {Convert.ToHexString(packet.Bytes)}");
                }
            }
        }

        public void Dispose() => _json.Dispose();

        private static bool TakesLong(in CapturedPacket packet)
        {
            var decoder = new PacketDecoder();
            var decoded = new DecodedPacket();
            long start = Stopwatch.GetTimestamp();
            decoder.Decode(packet, decoded);
            return Stopwatch.GetElapsedTime(start) > MaxTime;
        }

        private void Decode(in CapturedPacket packet, bool all)
        {
            _decoder.Decode(packet, _decoded);
            _json.Begin(_decoded);
            PacketDecoder.Describe(packet.Bytes, _decoded, _json);
            _json.End(_decoded);
            if (all)
            {
                _tree.Begin(_decoded);
                PacketDecoder.Describe(packet.Bytes, _decoded, _tree);
                _tree.End(_decoded);
                _summary.Line(_decoded, packet.Bytes);
                _label.Of(_decoded, packet.Bytes);
                HexDump.Write(TextWriter.Null, packet.Bytes, _decoded);
            }
        }
    }
}
