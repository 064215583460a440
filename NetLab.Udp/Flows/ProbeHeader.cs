using System.Buffers.Binary;

namespace NetLab.Udp.Flows;

/// <summary>
/// What each datagram of a fire-and-forget flow begins with: enough for the receiver to count what was lost, doubled
/// or late. 32 bytes in network order: magic "NLP1", flow, sequence, send time, length of the payload, and a CRC-32C over header and payload.
/// </summary>
/// <param name="Flow">Number of the flow, drawn by its source.</param>
/// <param name="Sequence">Number of the datagram within the flow, from 0.</param>
/// <param name="SentAt">Ticks of 100 ns on the sender's clock.</param>
/// <param name="Length">Bytes of payload behind the header.</param>
public readonly record struct ProbeHeader(uint Flow, ulong Sequence, long SentAt, int Length)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 32;

    private const uint Magic = 0x4E4C_5031; // "NLP1"

    /// <summary>Reads a header; false for anything that is not one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out ProbeHeader header)
    {
        header = default;
        if (datagram.Length < Size || BinaryPrimitives.ReadUInt32BigEndian(datagram) != Magic)
        {
            return false;
        }

        int length = datagram.Length - Size;
        if (BinaryPrimitives.ReadUInt32BigEndian(datagram[24..]) != (uint)length
            || BinaryPrimitives.ReadUInt32BigEndian(datagram[28..]) != Check(datagram))
        {
            return false;
        }

        header = new ProbeHeader(
            BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            BinaryPrimitives.ReadUInt64BigEndian(datagram[8..]),
            BinaryPrimitives.ReadInt64BigEndian(datagram[16..]),
            length);
        return true;
    }

    /// <summary>Writes the header in front of a payload that already stands behind it.</summary>
    /// <param name="datagram">Header and payload: <see cref="Size"/> + <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> datagram)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(datagram.Length, Size + Length);
        BinaryPrimitives.WriteUInt32BigEndian(datagram, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[4..], Flow);
        BinaryPrimitives.WriteUInt64BigEndian(datagram[8..], Sequence);
        BinaryPrimitives.WriteInt64BigEndian(datagram[16..], SentAt);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[24..], (uint)Length);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[28..], Check(datagram));
    }

    // Over header and payload: a link that flips bits must not be able to invent a sequence number.
    private static uint Check(ReadOnlySpan<byte> datagram)
    {
        uint crc = Crc32C(uint.MaxValue, datagram[..28]);
        return ~Crc32C(crc, datagram[Size..]);
    }

    private static uint Crc32C(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (byte b in bytes)
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, b);
        }

        return crc;
    }
}
