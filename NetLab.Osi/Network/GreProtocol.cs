using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>GRE (RFC 1701, RFC 2784, RFC 2890; version 1 of PPTP, RFC 2637), with ERSPAN inside it.</summary>
internal static class GreProtocol
{
    public static readonly Protocol Value = new("gre", OsiLayer.Network, "Generic Routing Encapsulation", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Protocol = Field.Number("protocol", "gre.proto", names: static v => EtherTypes.NameOf((int)v), about: "What it carries", summary: true, width: 2);
        public static readonly Field Key = Field.Number("key", "gre.key", about: "Key: which of several tunnels", width: 4);
        public static readonly Field Length = Field.Number("payload_length", "gre.key.payload_length", about: "PPTP: bytes it carries", width: 2);
        public static readonly Field Call = Field.Number("call", "gre.key.call_id", about: "PPTP: the receiver's number of the call", width: 2);
        public static readonly Field Sequence = Field.Number("sequence", "gre.sequence_number", about: "Sequence number", width: 4);
        public static readonly Field Acknowledgment = Field.Number("acknowledgment", "gre.ack_number", about: "PPTP: the last sequence number received", width: 4);

        public static readonly Field[] All = [Protocol, Key, Length, Call, Sequence, Acknowledgment];
    }

    private const int MinSize = 4;
    private const int WlanLink = 105;
    private const int FrameRelayLink = 107;
    private const int FrameRelayType = 0x6559;

    // What access points send to their controllers: a number for each queue, 802.11 in all of them.
    private const int FirstWlanType = 0x8200;
    private const int LastWlanType = 0x8370;
    private const int HasChecksum = 0x8000;
    private const int HasRouting = 0x4000;
    private const int HasKey = 0x2000;
    private const int HasSequence = 0x1000;
    private const int HasAcknowledgment = 0x0080;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < MinSize)
        {
            dissection.TooShort(OsiLayer.Network, "GRE header", offset, MinSize, end);
            return true;
        }

        int flags = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[offset..]);
        int type = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        int length = LengthOf(flags, dissection.Bytes[offset..end]);
        if (length > end - offset)
        {
            dissection.Add(Value, offset, MinSize, end);
            dissection.TooShort(OsiLayer.Network, "GRE optional fields", offset, length, end);
            return true;
        }

        if (!dissection.Add(Value, offset, length, end))
        {
            return true;
        }

        int payload = offset + length;
        if (payload == end)
        {
            return true;
        }

        if (type is EtherTypes.Erspan or EtherTypes.Erspan3)
        {
            ErspanProtocol.Dissect(dissection, type, (flags & HasSequence) != 0, payload, end);
        }
        else if (IsVersion1(flags) && (flags & HasKey) != 0)
        {
            // RFC 2637, 4.1: what the key's upper half says, with PPP in it.
            int wire = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + KeyAt(flags))..]);
            int until = wire > 0 && payload + wire < dissection.WireEnd ? payload + wire : dissection.WireEnd;
            dissection.Until(until).Next(NumberTable.EtherType, type, payload, Math.Min(end, until));
        }
        else if (type is >= FirstWlanType and <= LastWlanType && (type & 0x0F) == 0)
        {
            dissection.Next(NumberTable.LinkType, WlanLink, payload, end);
        }
        else if (type == FrameRelayType)
        {
            // RFC 1701: raw frame relay.
            dissection.Next(NumberTable.LinkType, FrameRelayLink, payload, end);
        }
        else
        {
            dissection.Next(NumberTable.EtherType, type, payload, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index)[..view[index].HeaderLength];
        int at = view[index].Offset;
        int flags = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        sink.Number(Fields.Protocol, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        int next = KeyAt(flags);
        if ((flags & HasKey) != 0 && bytes.Length >= next + 4)
        {
            if (IsVersion1(flags))
            {
                sink.Number(Fields.Length, BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]), at + next, 2);
                sink.Number(Fields.Call, BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 2)..]), at + next + 2, 2);
            }
            else
            {
                sink.Number(Fields.Key, BinaryPrimitives.ReadUInt32BigEndian(bytes[next..]), at + next, 4);
            }

            next += 4;
        }

        if ((flags & HasSequence) != 0 && bytes.Length >= next + 4)
        {
            sink.Number(Fields.Sequence, BinaryPrimitives.ReadUInt32BigEndian(bytes[next..]), at + next, 4);
            next += 4;
        }

        if (IsVersion1(flags) && (flags & HasAcknowledgment) != 0 && bytes.Length >= next + 4)
        {
            sink.Number(Fields.Acknowledgment, BinaryPrimitives.ReadUInt32BigEndian(bytes[next..]), at + next, 4);
        }
    }

    private static bool IsVersion1(int flags) => (flags & 7) == 1;

    private static int KeyAt(int flags) => MinSize + ((flags & (HasChecksum | HasRouting)) != 0 ? 4 : 0);

    private static int LengthOf(int flags, ReadOnlySpan<byte> bytes)
    {
        int length = KeyAt(flags)
            + ((flags & HasKey) != 0 ? 4 : 0)
            + ((flags & HasSequence) != 0 ? 4 : 0)
            + ((flags & HasAcknowledgment) != 0 && IsVersion1(flags) ? 4 : 0);
        return (flags & HasRouting) == 0 ? length : WithRoutes(length, bytes);
    }

    // RFC 1701: source routes follow, each with an address family, an offset and a length; one of family 0 and length 0 ends them.
    private static int WithRoutes(int length, ReadOnlySpan<byte> bytes)
    {
        while (length + 4 <= bytes.Length)
        {
            bool isLast = BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]) == 0 && bytes[length + 3] == 0;
            length += 4 + bytes[length + 3];
            if (isLast)
            {
                return length;
            }
        }

        return Math.Max(length, bytes.Length) + 1;
    }
}
