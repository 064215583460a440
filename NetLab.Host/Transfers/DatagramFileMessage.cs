using System.Buffers.Binary;

namespace NetLab.Host.Transfers;

/// <summary>
/// What a probe's payload holds when a file travels by fire-and-forget UDP: a kind, and for data the position in the file.
/// </summary>
internal static class DatagramFileMessage
{
    /// <summary>Bytes before the data of a <see cref="Kind.Data"/> message.</summary>
    public const int DataHeaderSize = 1 + 8;

    private const int EndSize = 1 + 8 + FileOffer.HashSize;

    /// <summary>The kinds of message.</summary>
    public enum Kind : byte
    {
        /// <summary>A piece of the file.</summary>
        Data = 1,

        /// <summary>The file's size and SHA-256; sent several times, as nobody answers.</summary>
        End = 2,
    }

    /// <summary>Writes the header of a piece.</summary>
    public static void WriteData(Span<byte> message, long offset)
    {
        message[0] = (byte)Kind.Data;
        BinaryPrimitives.WriteInt64BigEndian(message[1..], offset);
    }

    /// <summary>An end message.</summary>
    public static byte[] End(long size, ReadOnlySpan<byte> sha256)
    {
        byte[] message = new byte[EndSize];
        message[0] = (byte)Kind.End;
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(1), size);
        sha256.CopyTo(message.AsSpan(9));
        return message;
    }

    /// <summary>Reads a piece.</summary>
    public static bool TryReadData(ReadOnlySpan<byte> message, out long offset, out ReadOnlySpan<byte> data)
    {
        offset = 0;
        data = default;
        if (message.Length <= DataHeaderSize || message[0] != (byte)Kind.Data)
        {
            return false;
        }

        offset = BinaryPrimitives.ReadInt64BigEndian(message[1..]);
        data = message[DataHeaderSize..];
        return offset >= 0 && offset <= long.MaxValue - data.Length;
    }

    /// <summary>Reads an end.</summary>
    public static bool TryReadEnd(ReadOnlySpan<byte> message, out long size, out byte[] sha256)
    {
        (size, sha256) = (0, []);
        if (message.Length != EndSize || message[0] != (byte)Kind.End)
        {
            return false;
        }

        size = BinaryPrimitives.ReadInt64BigEndian(message[1..]);
        sha256 = message[9..].ToArray();
        return size >= 0;
    }
}
