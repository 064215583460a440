using System.Buffers.Binary;

namespace NetLab.Benchmarks.Indexing;

/// <summary>Makes a capture as large as one likes that takes little of the disk: of each packet of 64 KB only the headers are written, the rest is a hole of the file.</summary>
internal static class SparseCapture
{
    private const int IpBytes = 65_000;
    private const int HeaderBytes = 14 + 20 + 20;
    private const int PacketBytes = 14 + IpBytes;
    private const int PayloadBytes = PacketBytes - HeaderBytes;

    /// <summary>Writes a pcap file of one TCP connection.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytes">How large it becomes, about.</param>
    /// <returns>How many packets it has.</returns>
    public static long Make(string path, long bytes)
    {
        using FileStream file = File.Create(path, 0);
        Span<byte> head = stackalloc byte[24];
        head.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(head, 0xA1B2_C3D4);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], 0x0004_0002);
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], 262_144);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], 1);
        file.Write(head);
        Span<byte> packet = stackalloc byte[16 + HeaderBytes];
        packet.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(packet[8..], PacketBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(packet[12..], PacketBytes);
        Span<byte> frame = packet[16..];
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);
        (frame[14], frame[22], frame[23]) = (0x45, 64, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame[16..], IpBytes);
        ((ReadOnlySpan<byte>)[10, 0, 0, 2, 10, 0, 0, 1, 0x23, 0x28, 0x9C, 0x40]).CopyTo(frame[26..]);
        (frame[46], frame[47], frame[48]) = (0x50, 0x10, 0x40);
        long count = 0;
        for (; file.Position < bytes; count++)
        {
            long microseconds = 500 * count;
            BinaryPrimitives.WriteUInt32LittleEndian(packet, (uint)(1_700_000_000 + (microseconds / 1_000_000)));
            BinaryPrimitives.WriteUInt32LittleEndian(packet[4..], (uint)(microseconds % 1_000_000));
            BinaryPrimitives.WriteUInt32BigEndian(frame[38..], unchecked((uint)(1000 + (count * PayloadBytes))));
            file.Write(packet);
            file.Seek(PayloadBytes, SeekOrigin.Current);
        }

        file.SetLength(file.Position);
        return count;
    }
}
