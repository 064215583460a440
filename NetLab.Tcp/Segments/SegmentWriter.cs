using System.Buffers.Binary;

namespace NetLab.Tcp.Segments;

/// <summary>Writes segments.</summary>
public static class SegmentWriter
{
    /// <summary>Bytes a header with these options takes: a multiple of 4.</summary>
    public static int SizeOf(in SegmentOptions options)
    {
        int size = SegmentHeader.MinSize;
        size += options.MaxSegmentSize is null ? 0 : 4;
        size += options.WindowScale is null ? 0 : 4;
        size += options.Timestamps is null ? 0 : 12;

        // In a SYN, SACK-permitted stands where a timestamp's padding would.
        size += options.SackPermitted && options.Timestamps is null ? 4 : 0;
        size += options.Sack.Count == 0 ? 0 : 4 + (8 * options.Sack.Count);
        size += options.AccurateEcn is { } ecn ? PaddedLengthOf(ecn) : 0;
        return size;
    }

    /// <summary>Bytes the AccECN option takes, padded to a multiple of 4.</summary>
    internal static int PaddedLengthOf(in AccurateEcnCounters counters) => (counters.Length + 3) & ~3;

    /// <summary>Writes the header before a payload that already stands behind it, checksum included.</summary>
    /// <param name="datagram">Header and payload: <see cref="SizeOf"/> bytes and the payload.</param>
    /// <param name="header">What to write.</param>
    /// <exception cref="ArgumentException">The options take more than 40 bytes, or the buffer is too short.</exception>
    public static void Write(Span<byte> datagram, in SegmentHeader header) =>
        Write(datagram, header, InternetChecksum.Sum(datagram[Math.Min(SizeOf(header.Options), datagram.Length)..], 0));

    /// <summary>The same where the payload has been added up already, as it was copied.</summary>
    /// <param name="datagram">Header and payload.</param>
    /// <param name="header">What to write.</param>
    /// <param name="payloadSum">The payload's sum, by <see cref="InternetChecksum.CopyAndSum"/>.</param>
    /// <exception cref="ArgumentException">The options take more than 40 bytes, or the buffer is too short.</exception>
    internal static void Write(Span<byte> datagram, in SegmentHeader header, ulong payloadSum)
    {
        int size = SizeOf(header.Options);
        if (size > SegmentHeader.MaxSize || size > datagram.Length)
        {
            throw new ArgumentException($"A header of {size} bytes fits neither 60 bytes nor the buffer of {datagram.Length}.", nameof(header));
        }

        BinaryPrimitives.WriteUInt16BigEndian(datagram, header.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], header.DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[4..], header.Sequence.Value);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[8..], header.Acknowledgment.Value);
        datagram[12] = (byte)((size / 4 << 4) | (((int)header.Flags >> 8) & 1));
        datagram[13] = (byte)header.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(datagram[14..], header.Window);
        BinaryPrimitives.WriteUInt32BigEndian(datagram[16..], 0); // checksum and urgent pointer
        WriteOptions(datagram[SegmentHeader.MinSize..size], header.Options);
        ulong sum = InternetChecksum.Sum(datagram[..size], payloadSum);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[16..], InternetChecksum.OfParts(sum, datagram.Length));
    }

    // Every option is padded to a word in front with no-operations, as most stacks do: readers find aligned values.
    private static void WriteOptions(Span<byte> bytes, in SegmentOptions options)
    {
        const byte Pad = (byte)OptionKind.NoOperation;
        if (options.MaxSegmentSize is { } mss)
        {
            (bytes[0], bytes[1]) = ((byte)OptionKind.MaxSegmentSize, 4);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)Math.Min(mss, ushort.MaxValue));
            bytes = bytes[4..];
        }

        if (options.SackPermitted && options.Timestamps is null)
        {
            (bytes[0], bytes[1], bytes[2], bytes[3]) = (Pad, Pad, (byte)OptionKind.SackPermitted, 2);
            bytes = bytes[4..];
        }

        if (options.Timestamps is { } timestamps)
        {
            (bytes[0], bytes[1]) = options.SackPermitted ? ((byte)OptionKind.SackPermitted, (byte)2) : (Pad, Pad);
            (bytes[2], bytes[3]) = ((byte)OptionKind.Timestamps, 10);
            BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], timestamps.Value);
            BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], timestamps.Echo);
            bytes = bytes[12..];
        }

        if (options.WindowScale is { } scale)
        {
            (bytes[0], bytes[1], bytes[2], bytes[3]) = (Pad, (byte)OptionKind.WindowScale, 3, (byte)scale);
            bytes = bytes[4..];
        }

        if (options.Sack.Count > 0)
        {
            (bytes[0], bytes[1], bytes[2], bytes[3]) = (Pad, Pad, (byte)OptionKind.Sack, (byte)(2 + (8 * options.Sack.Count)));
            bytes = bytes[4..];
            for (int i = 0; i < options.Sack.Count; i++)
            {
                BinaryPrimitives.WriteUInt32BigEndian(bytes, options.Sack[i].Start.Value);
                BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], options.Sack[i].End.Value);
                bytes = bytes[8..];
            }
        }

        if (options.AccurateEcn is { } ecn)
        {
            WriteAccurateEcn(bytes, ecn);
        }
    }

    private static void WriteAccurateEcn(Span<byte> bytes, in AccurateEcnCounters counters)
    {
        bytes[..PaddedLengthOf(counters)].Fill((byte)OptionKind.NoOperation);
        bytes[0] = (byte)(counters.Ect1First ? OptionKind.AccurateEcn1 : OptionKind.AccurateEcn0);
        bytes[1] = (byte)counters.Length;
        for (int i = 0; i < counters.Fields; i++)
        {
            uint field = counters[i];
            (bytes[2 + (3 * i)], bytes[3 + (3 * i)], bytes[4 + (3 * i)]) = ((byte)(field >> 16), (byte)(field >> 8), (byte)field);
        }
    }
}
