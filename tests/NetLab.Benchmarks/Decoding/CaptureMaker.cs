using System.Buffers.Binary;
using NetLab.Osi.Captures;

namespace NetLab.Benchmarks.Decoding;

/// <summary>Makes a long capture out of short ones: their Ethernet packets again and again, each time between other hosts, so that every conversation is a new one.</summary>
internal static class CaptureMaker
{
    private const int EthernetHeader = 14;
    private const int MicrosecondsApart = 20;

    /// <summary>Writes a pcap file.</summary>
    /// <param name="folder">Where the short captures are.</param>
    /// <param name="path">The file.</param>
    /// <param name="count">Packets to write.</param>
    /// <param name="keepHosts">Whether the hosts stay the same, so that conversations come again as they were.</param>
    public static void Make(string folder, string path, long count, bool keepHosts)
    {
        List<(byte[] Bytes, long Original)> packets = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).SelectMany(Read)];
        if (packets.Count == 0)
        {
            throw new InvalidDataException($"{folder}: no Ethernet packets in captures there");
        }

        using var file = new BufferedStream(File.Create(path), 1 << 20);
        Write(file, 0xA1B2_C3D4, 0x0004_0002, 0, 0, 262_144, 1);
        for (long i = 0; i < count; i++)
        {
            (byte[] bytes, long original) = packets[(int)(i % packets.Count)];
            long microseconds = i * MicrosecondsApart;
            Write(file, (uint)(1_700_000_000 + (microseconds / 1_000_000)), (uint)(microseconds % 1_000_000), (uint)bytes.Length, (uint)original);
            file.Write(keepHosts ? bytes : BetweenOtherHosts(bytes, (byte)(i / packets.Count)));
        }
    }

    // The second byte of both IPv4 addresses changes; the checksums, which sum both, are only right for the first round.
    private static byte[] BetweenOtherHosts(byte[] packet, byte round)
    {
        byte[] copy = [.. packet];
        if (copy.Length >= EthernetHeader + 20 && copy[12] == 8 && copy[13] == 0)
        {
            copy[EthernetHeader + 13] ^= round;
            copy[EthernetHeader + 17] ^= round;
        }

        return copy;
    }

    private static IEnumerable<(byte[] Bytes, long Original)> Read(string file)
    {
        var packets = new List<(byte[], long)>();
        try
        {
            using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
            while (reader.TryRead(out CapturedPacket packet))
            {
                if (packet.Source.LinkType == 1)
                {
                    packets.Add((packet.Bytes.ToArray(), packet.OriginalLength));
                }
            }
        }
        catch (InvalidDataException)
        {
            // Something else that lies in the folder.
        }

        return packets;
    }

    private static void Write(Stream file, params ReadOnlySpan<uint> words)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (uint word in words)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
            file.Write(bytes);
        }
    }
}
