using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace NetLab.Udp.Flows;

/// <summary>
/// What each datagram of a fire-and-forget flow begins with: enough for the receiver to count what was lost, doubled
/// or late. 32 bytes in network order: magic "NLP2", flow, sequence, send time, the clock it was taken from, and a CRC-32C
/// over header, length and a sum of the payload.
/// </summary>
/// <param name="Flow">Number of the flow, drawn by its source. Flows with even numbers serve a measurement and are not part of it.</param>
/// <param name="Sequence">Number of the datagram within the flow, from 0.</param>
/// <param name="SentAt">Ticks of 100 ns on the sender's clock.</param>
/// <param name="Clock">Which clock that is (<see cref="Time.MonotonicClock.Id"/>); 0 for one nobody shares.</param>
/// <param name="Length">Bytes of payload behind the header; not in the header, but the datagram's own length.</param>
public readonly record struct ProbeHeader(uint Flow, ulong Sequence, long SentAt, uint Clock, int Length)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 32;

    private const uint Magic = 0x4E4C_5032; // "NLP2"
    private const int Checked = Size - sizeof(uint);

    /// <summary>
    /// Whether a datagram looks like a probe of a flow that only serves a measurement: its warm-up, or what its two ends say
    /// to each other. Not checked any further: good for counting apart, not for believing.
    /// </summary>
    public static bool IsAside(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= Size && BinaryPrimitives.ReadUInt32BigEndian(datagram) == Magic && (datagram[7] & 1) == 0;

    /// <summary>Reads a header; false for anything that is not one, and for one of which any single bit has changed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out ProbeHeader header)
    {
        header = default;
        if (datagram.Length < Size || BinaryPrimitives.ReadUInt32BigEndian(datagram) != Magic)
        {
            return false;
        }

        ReadOnlySpan<byte> payload = datagram[Size..];
        if (BinaryPrimitives.ReadUInt32BigEndian(datagram[Checked..]) != Check(datagram, SumOf(payload), payload.Length))
        {
            return false;
        }

        header = new ProbeHeader(
            BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            BinaryPrimitives.ReadUInt64BigEndian(datagram[8..]),
            BinaryPrimitives.ReadInt64BigEndian(datagram[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(datagram[24..]),
            payload.Length);
        return true;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="destination">Where it goes; at least <see cref="Size"/> bytes.</param>
    /// <param name="payloadSum"><see cref="SumOf"/> the payload, which has <see cref="Length"/> bytes.</param>
    public void Write(Span<byte> destination, uint payloadSum)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Flow);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Sequence);
        BinaryPrimitives.WriteInt64BigEndian(destination[16..], SentAt);
        BinaryPrimitives.WriteUInt32BigEndian(destination[24..], Clock);
        BinaryPrimitives.WriteUInt32BigEndian(destination[Checked..], Check(destination, payloadSum, Length));
    }

    /// <summary>
    /// A sum of the payload that any one flipped bit changes. Not a CRC: that would cost as much as the system calls do.
    /// </summary>
    public static uint SumOf(ReadOnlySpan<byte> payload)
    {
        Vector<ulong> lanes = Vector<ulong>.Zero;
        ReadOnlySpan<Vector<ulong>> vectors = MemoryMarshal.Cast<byte, Vector<ulong>>(payload);
        foreach (Vector<ulong> vector in vectors)
        {
            lanes += vector;
        }

        ulong sum = Vector.Sum(lanes);
        payload = payload[(vectors.Length * Vector<byte>.Count)..];
        for (; payload.Length >= sizeof(ulong); payload = payload[sizeof(ulong)..])
        {
            sum += MemoryMarshal.Read<ulong>(payload);
        }

        Span<byte> tail = stackalloc byte[sizeof(ulong)];
        tail.Clear();
        payload.CopyTo(tail);
        sum += MemoryMarshal.Read<ulong>(tail);

        // Added and not XORed: a flipped bit k moves the sum by 2^k and at most one carry, which never is 0 modulo 2^32.
        return (uint)sum + (uint)(sum >> 32);
    }

    // A link that flips bits must not be able to invent a sequence number. A change of up to 32 bits in a row, such as of the
    // sum, never escapes a CRC of 32 bits.
    private static uint Check(ReadOnlySpan<byte> header, uint payloadSum, int payloadLength)
    {
        uint crc = BitOperations.Crc32C(uint.MaxValue, MemoryMarshal.Read<ulong>(header));
        crc = BitOperations.Crc32C(crc, MemoryMarshal.Read<ulong>(header[8..]));
        crc = BitOperations.Crc32C(crc, MemoryMarshal.Read<ulong>(header[16..]));
        crc = BitOperations.Crc32C(crc, MemoryMarshal.Read<uint>(header[24..]));
        return ~BitOperations.Crc32C(crc, ((ulong)(uint)payloadLength << 32) | payloadSum);
    }
}
