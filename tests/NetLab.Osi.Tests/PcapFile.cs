using System.Buffers.Binary;

namespace NetLab.Osi.Tests;

/// <summary>A capture in the classic format, made of frames.</summary>
internal static class PcapFile
{
    /// <summary>Frames with their times in nanoseconds, as a file of microseconds.</summary>
    public static byte[] Of(IEnumerable<(long Time, byte[] Frame)> packets, uint linkType = 1, int snapLength = 65_535)
    {
        using var file = new MemoryStream();
        Span<byte> header = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xA1B2C3D4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 0x0004_0002);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)snapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], linkType);
        file.Write(header);
        foreach ((long time, byte[] frame) in packets)
        {
            int captured = Math.Min(frame.Length, snapLength);
            BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)(time / 1_000_000_000));
            BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(time % 1_000_000_000 / 1000));
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)captured);
            BinaryPrimitives.WriteUInt32LittleEndian(header[12..], (uint)frame.Length);
            file.Write(header[..16]);
            file.Write(frame.AsSpan(0, captured));
        }

        return file.ToArray();
    }
}
