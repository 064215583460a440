using System.Buffers.Binary;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>Segments between the script's numbers and the bytes of the wire, options as they stand and in their order.</summary>
internal static class SegmentBytes
{
    private const int HeaderSize = 20;

    /// <summary>The bytes of a segment that the script sends; its payload is zeros.</summary>
    public static byte[] Write(DrillPacket packet, DrillFlow flow)
    {
        IReadOnlyList<DrillOption> options = packet.Options ?? [];
        int optionBytes = (options.Sum(o => o.Size) + 3) / 4 * 4;
        byte[] bytes = new byte[HeaderSize + optionBytes + packet.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)flow.Peer.Port);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), flow.LocalPort);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), unchecked((packet.Sequence ?? 0) + flow.PeerOffset));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), packet.Acknowledgment is { } ack ? unchecked(ack + flow.OwnOffset) : 0);
        bytes[12] = (byte)(((HeaderSize + optionBytes) / 4 << 4) | (((int)packet.Flags >> 8) & 1));
        bytes[13] = (byte)packet.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), packet.Window ?? 0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(18), packet.UrgentPointer);
        int at = HeaderSize;
        foreach (DrillOption option in options)
        {
            bytes[at] = option.Kind;
            if (!option.IsPadding)
            {
                bytes[at + 1] = (byte)option.Size;
                OnWire(option, flow).CopyTo(bytes.AsSpan(at + 2));
            }

            at += option.Size;
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(16), InternetChecksum.OfSegment(bytes));
        return bytes;
    }

    /// <summary>Reads a segment that the machine sent, which is trusted to be one.</summary>
    public static EmittedSegment Read(ReadOnlySpan<byte> bytes, Instant now, DrillFlow flow, EcnCodepoint ecn)
    {
        int headerLength = (bytes[12] >> 4) * 4;
        return new EmittedSegment(
            now,
            flow,
            (SegmentFlags)(bytes[13] | ((bytes[12] & 1) << 8)),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[18..]),
            ReadOptions(bytes[HeaderSize..headerLength]),
            bytes.Length - headerLength,
            ecn);
    }

    private static List<DrillOption> ReadOptions(ReadOnlySpan<byte> bytes)
    {
        List<DrillOption> options = [];
        while (!bytes.IsEmpty)
        {
            byte kind = bytes[0];
            int size = kind is DrillOption.End or DrillOption.NoOperation ? 1 : bytes[1];
            options.Add(new DrillOption(kind, size == 1 ? [] : bytes[2..size].ToArray()));
            bytes = bytes[size..];
        }

        return options;
    }

    // Blocks count in the machine's stream, and an echo names a timestamp of the machine.
    private static byte[] OnWire(DrillOption option, DrillFlow flow)
    {
        byte[] value = [.. option.Value];
        if (option.Kind == DrillOption.Sack)
        {
            for (int i = 0; i < value.Length; i += 4)
            {
                Add(value.AsSpan(i), flow.OwnOffset);
            }
        }
        else if (option.Kind == DrillOption.Timestamps)
        {
            Span<byte> echo = value.AsSpan(4);
            BinaryPrimitives.WriteUInt32BigEndian(echo, flow.TimestampOnWire(BinaryPrimitives.ReadUInt32BigEndian(echo)));
        }

        return value;
    }

    private static void Add(Span<byte> number, uint offset) =>
        BinaryPrimitives.WriteUInt32BigEndian(number, unchecked(BinaryPrimitives.ReadUInt32BigEndian(number) + offset));
}
