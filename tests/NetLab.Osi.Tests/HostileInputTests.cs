using CsCheck;
using NetLab.Osi.Captures;
using NetLab.Osi.Layers;
using NetLab.Osi.Rendering;

namespace NetLab.Osi.Tests;

/// <summary>Whatever the bytes, decoding and every rendering end, and nothing throws.</summary>
public sealed class HostileInputTests
{
    private static readonly int[] LinkTypes = [0, 1, 101, 108, 228, 229, 147];

    [Fact]
    public void Every_prefix_and_every_extreme_byte_of_our_recordings() => ForEachPacket(
        Directory.GetFiles(Folders.Captures, "*.pcapng"), everyNth: 7);

    [CorpusFact]
    public void Every_prefix_and_every_extreme_byte_of_other_peoples_captures() => ForEachPacket(
        Directory.GetFiles(Folders.Corpus!), everyNth: 41);

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
        // Not coverage guided, but from real packets: bits flipped, cut, lengths lied about.
        List<(CaptureInterface Source, byte[] Bytes)> seeds = [.. Directory.GetFiles(Folders.Captures, "*.pcapng").SelectMany(f => Read(f, 5))];
        var decoder = new PacketDecoder();
        var decoded = new DecodedPacket();
        using var json = new JsonLines(Stream.Null);
        var tree = new PacketTree(TextWriter.Null);
        var summary = new PacketSummary();
        Gen.Select(Gen.Int[0, seeds.Count - 1], Gen.Select(Gen.Int[0, 2000], Gen.Byte).Array[0, 6], Gen.Int[0, 2000], Gen.Int[0, LinkTypes.Length - 1]).Sample(
            (index, changes, length, linkType) =>
            {
                byte[] bytes = [.. seeds[index].Bytes];
                foreach ((int at, byte value) in changes)
                {
                    bytes[at % bytes.Length] = value;
                }

                var source = new CaptureInterface(length % 3 == 0 ? LinkTypes[linkType] : seeds[index].Source.LinkType, 0);
                bytes = length < bytes.Length ? bytes[..length] : bytes;
                Decoding.Everything(decoder, decoded, new CapturedPacket(1, source, 0, bytes.Length + (length % 2 * 100), bytes), json, tree, summary);
            },
            iter: 20_000, threads: 1);
    }

    private static void ForEachPacket(string[] files, int everyNth)
    {
        using var json = new JsonLines(Stream.Null);
        var tree = new PacketTree(TextWriter.Null);
        var summary = new PacketSummary();
        foreach (string file in files)
        {
            var decoder = new PacketDecoder();
            var decoded = new DecodedPacket();
            foreach ((CaptureInterface source, byte[] bytes) in Read(file, everyNth))
            {
                for (int length = 0; length <= Math.Min(bytes.Length, 400); length++)
                {
                    Decoding.Everything(decoder, decoded, new CapturedPacket(1, source, 0, bytes.Length, bytes.AsSpan(0, length)), json, tree, summary);
                }

                for (int at = 0; at < Math.Min(bytes.Length, 120); at++)
                {
                    byte kept = bytes[at];
                    foreach (byte extreme in (byte[])[0, 0xFF])
                    {
                        bytes[at] = extreme;
                        Decoding.Everything(decoder, decoded, new CapturedPacket(1, source, 0, bytes.Length, bytes), json, tree, summary);
                    }

                    bytes[at] = kept;
                }
            }
        }
    }

    private static List<(CaptureInterface Source, byte[] Bytes)> Read(string file, int everyNth)
    {
        var packets = new List<(CaptureInterface, byte[])>();
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
        while (reader.TryRead(out CapturedPacket packet))
        {
            if (packet.Number % everyNth == 1 && packet.Bytes.Length > 0)
            {
                packets.Add((packet.Source, packet.Bytes.ToArray()));
            }
        }

        return packets;
    }
}
