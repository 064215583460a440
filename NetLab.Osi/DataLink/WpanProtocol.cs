using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>IEEE 802.15.4 (7.2 and 7.3): frame control, addresses, and what data frames carry unless it is encrypted.</summary>
internal static class WpanProtocol
{
    private const int MinSize = 3;
    private const int CheckSize = 2;
    private const int Beacon = 0;
    private const int DataFrame = 1;
    private const int BeaconSize = 4;
    private const int Security = 0x0008;
    private const int Compression = 0x0040;
    private const int NoSequence = 0x0100;
    private const int HasElements = 0x0200;

    /// <summary>Frames with their check sequence.</summary>
    public static readonly Protocol Value = new("wpan", OsiLayer.DataLink, "IEEE 802.15.4", Fields.All, DissectWithCheck, Describe);

    /// <summary>Frames without it.</summary>
    public static readonly Protocol WithoutCheck = new("wpan", OsiLayer.DataLink, "IEEE 802.15.4", Fields.All, DissectWithoutCheck, Describe);

    private static class Fields
    {
        public static readonly Field Length = Field.Number(null, "wpan.frame_length", about: "Bytes of the frame", width: 1);
        public static readonly Field Control = Field.Number(null, "wpan.fcf", at: 0, size: 2, littleEndian: true, about: "Frame control");
        public static readonly Field Type = Field.Number("type", "wpan.frame_type", at: 0, size: 2, mask: 0x0007, littleEndian: true, about: "Frame", summary: true, names: static v => v switch
        {
            Beacon => "beacon",
            DataFrame => "data",
            2 => "acknowledgment",
            3 => "command",
            5 => "multipurpose",
            6 => "fragment",
            7 => "extended",
            _ => null,
        });
        public static readonly Field Destination = Field.Number("dst", "wpan.dst16", about: "Destination", width: 2);
        public static readonly Field DestinationLong = Field.Number("dst64", "wpan.dst64", about: "Destination by its long address");
        public static readonly Field Source = Field.Number("src", "wpan.src16", about: "Source", width: 2);
        public static readonly Field SourceLong = Field.Number("src64", "wpan.src64", about: "Source by its long address");
        public static readonly Field DestinationNetwork = Field.Number("dst_pan", "wpan.dst_pan", about: "Network of the destination", width: 2);
        public static readonly Field SourceNetwork = Field.Number("src_pan", "wpan.src_pan", about: "Network of the source", width: 2);
        public static readonly Field Sequence = Field.Number("sequence", "wpan.seq_no", about: "Sequence number", width: 1);

        public static readonly Field[] All =
        [
            Length, Control, Type,
            Field.Flag("security", "wpan.security", at: 0, size: 2, mask: Security, littleEndian: true, about: "Secured"),
            Field.Flag(null, "wpan.pending", at: 0, size: 2, mask: 0x0010, littleEndian: true, about: "More is waiting"),
            Field.Flag(null, "wpan.ack_request", at: 0, size: 2, mask: 0x0020, littleEndian: true, about: "An acknowledgment is wanted"),
            Field.Flag(null, "wpan.pan_id_compression", at: 0, size: 2, mask: Compression, littleEndian: true, about: "One network for both"),
            Field.Flag(null, "wpan.seqno_suppression", at: 0, size: 2, mask: NoSequence, littleEndian: true, about: "Without a sequence number"),
            Field.Flag(null, "wpan.ie_present", at: 0, size: 2, mask: HasElements, littleEndian: true, about: "With information elements"),
            Sequence, DestinationNetwork, Destination, DestinationLong, SourceNetwork, Source, SourceLong,
        ];
    }

    private static bool DissectWithCheck(in Dissection dissection, int offset, int end)
    {
        int wireEnd = Math.Max(offset, dissection.WireEnd - CheckSize);
        int frameEnd = Math.Min(end, wireEnd);
        bool isRight = end < dissection.WireEnd || frameEnd + CheckSize > end
            || CheckOf(dissection.Bytes[offset..frameEnd]) == BinaryPrimitives.ReadUInt16LittleEndian(dissection.Bytes[frameEnd..]);
        return Dissect(Value, dissection.Until(wireEnd), offset, frameEnd, isRight);
    }

    // IEEE 802.15.4-2020, 7.2.11: ITU-T's CRC of 16 bits, from zero on, the lowest bit first.
    private static ushort CheckOf(ReadOnlySpan<byte> frame)
    {
        const int Polynomial = 0x8408;
        int check = 0;
        foreach (byte b in frame)
        {
            check ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                check = (check & 1) != 0 ? (check >> 1) ^ Polynomial : check >> 1;
            }
        }

        return (ushort)check;
    }

    private static bool DissectWithoutCheck(in Dissection dissection, int offset, int end) => Dissect(WithoutCheck, dissection, offset, end, isRight: true);

    private static bool Dissect(Protocol protocol, in Dissection dissection, int offset, int end, bool isRight)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int size = bytes.Length < 2 ? MinSize : new WpanAddresses(BinaryPrimitives.ReadUInt16LittleEndian(bytes)).HeaderSize;
        if (bytes.Length < size)
        {
            dissection.Cut(protocol, "802.15.4 header", offset, size, end);
            return true;
        }

        int control = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        if (!dissection.Add(protocol, offset, size, end) || offset + size == end)
        {
            return true;
        }

        // What a damaged frame carries is not what was sent.
        bool isPlain = isRight && (control & (Security | HasElements)) == 0;
        bool isKnown = isPlain && (control & 7) switch
        {
            DataFrame => ZigbeeNetworkProtocol.Value.Dissect(dissection, offset + size, end),

            // 7.3.1: behind the superframe, without slots and addresses that wait, stands what the network says.
            Beacon => end - offset - size > BeaconSize && dissection.Bytes[offset + size + 2] == 0 && dissection.Bytes[offset + size + 3] == 0
                && ZigbeeBeaconProtocol.Value.Dissect(dissection, offset + size + BeaconSize, end),
            _ => false,
        };
        if (!isKnown)
        {
            dissection.Data(OsiLayer.DataLink, offset + size, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes.Length < 2)
        {
            return;
        }

        sink.Number(Fields.Length, view[index].WireLength, at, 0);
        view[index].Protocol.DescribeHeader(view, index, sink);
        var addresses = new WpanAddresses(BinaryPrimitives.ReadUInt16LittleEndian(bytes));
        if (bytes.Length < addresses.HeaderSize)
        {
            return;
        }

        if (addresses.HasSequence)
        {
            sink.Number(Fields.Sequence, bytes[2], at + 2, 1);
        }

        int next = addresses.HasSequence ? 3 : 2;
        Report(Fields.DestinationNetwork, addresses.DestinationNetworkSize, bytes, ref next, at, sink);
        Report(addresses.DestinationSize == 8 ? Fields.DestinationLong : Fields.Destination, addresses.DestinationSize, bytes, ref next, at, sink);
        Report(Fields.SourceNetwork, addresses.SourceNetworkSize, bytes, ref next, at, sink);
        Report(addresses.SourceSize == 8 ? Fields.SourceLong : Fields.Source, addresses.SourceSize, bytes, ref next, at, sink);
    }

    private static void Report(Field field, int size, ReadOnlySpan<byte> bytes, ref int next, int at, IFieldSink sink)
    {
        if (size == 8)
        {
            sink.Number(field, (long)BinaryPrimitives.ReadUInt64LittleEndian(bytes[next..]), at + next, 8);
        }
        else if (size > 0)
        {
            sink.Number(field, size == 1 ? bytes[next] : BinaryPrimitives.ReadUInt16LittleEndian(bytes[next..]), at + next, size);
        }

        next += size;
    }
}
