using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>The Layer Two Tunneling Protocol: version 2 with PPP in it (RFC 2661), and version 3 over UDP (RFC 3931, 4.1.2).</summary>
internal static class L2tpProtocol
{
    private const int MinSize = 6;
    private const int IsControl = 0x8000;
    private const int HasLength = 0x4000;
    private const int HasSequence = 0x0800;
    private const int HasOffset = 0x0200;

    // PPP by its EtherType, which passes over the address and control fields that most senders leave.
    private const int PppEtherType = 0x880B;

    public static readonly Protocol Value = new("l2tp", OsiLayer.DataLink, "Layer 2 Tunneling Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Flags = Field.Number(null, "l2tp.flags", at: 0, size: 2, about: "Flags and version");
        public static readonly Field Type = Field.Number("type", "l2tp.type", at: 0, size: 2, mask: IsControl, names: static v => v == 0 ? "data" : "control", about: "0 data, 1 control", summary: true);
        public static readonly Field LengthBit = Field.Flag(null, "l2tp.length_bit", at: 0, size: 2, mask: HasLength, about: "Whether there is a length");
        public static readonly Field SequenceBit = Field.Flag(null, "l2tp.seq_bit", at: 0, size: 2, mask: HasSequence, about: "Whether there are sequence numbers");
        public static readonly Field OffsetBit = Field.Flag(null, "l2tp.offset_bit", at: 0, size: 2, mask: HasOffset, about: "Whether there is an offset");
        public static readonly Field Priority = Field.Flag(null, "l2tp.priority", at: 0, size: 2, mask: 0x0100, about: "Whether it goes before others");
        public static readonly Field Version = Field.Number("version", "l2tp.version", at: 0, size: 2, mask: 0x000F, about: "Version");
        public static readonly Field Length = Field.Number("length", "l2tp.length", about: "Bytes of the message", width: 2);
        public static readonly Field Tunnel = Field.Number("tunnel", "l2tp.tunnel", about: "The receiver's number of the tunnel", summary: true, width: 2);
        public static readonly Field Session = Field.Number("session", "l2tp.session", about: "The receiver's number of the session", summary: true, width: 2);
        public static readonly Field Sent = Field.Number("ns", "l2tp.Ns", about: "Sequence number", width: 2);
        public static readonly Field Received = Field.Number("nr", "l2tp.Nr", about: "The sequence number expected next", width: 2);
        public static readonly Field Message = Field.Number("message", "l2tp.avp.message_type", names: static v => NameOf(v), about: "Control message", summary: true, width: 2);
        public static readonly Field Control3 = Field.Number("connection", "l2tp.ccid", about: "Version 3: the receiver's number of the control connection", width: 4);
        public static readonly Field Session3 = Field.Number("session_id", "l2tp.sid", about: "Version 3: the receiver's number of the session", width: 4);

        public static readonly Field[] All =
            [Flags, Type, LengthBit, SequenceBit, OffsetBit, Priority, Version, Length, Tunnel, Session, Sent, Received, Message, Control3, Session3];

        private static string? NameOf(long type) => type switch
        {
            1 => "start of control connection: request",
            2 => "start of control connection: reply",
            3 => "start of control connection: connected",
            4 => "stop of control connection",
            6 => "hello",
            7 => "outgoing call: request",
            8 => "outgoing call: reply",
            9 => "outgoing call: connected",
            10 => "incoming call: request",
            11 => "incoming call: reply",
            12 => "incoming call: connected",
            14 => "call disconnected",
            15 => "WAN error",
            16 => "set link information",
            _ => null,
        };
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < MinSize)
        {
            dissection.TooShort(OsiLayer.DataLink, "L2TP header", offset, MinSize, end);
            return true;
        }

        int flags = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[offset..]);
        int version = flags & 15;
        if (version is not (2 or 3))
        {
            return false;
        }

        int header = HeaderLength(dissection.Bytes[offset..end], flags);
        if (header > end - offset)
        {
            dissection.Cut(Value, "L2TP header", offset, header, end);
            return true;
        }

        // A length may be there to leave padding out; one that is less than the header or more than the datagram does not.
        int length = (flags & HasLength) != 0 ? BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]) : 0;
        int wireEnd = length >= header && offset + length <= dissection.WireEnd ? offset + length : dissection.WireEnd;
        int messageEnd = Math.Min(end, wireEnd);
        Dissection inside = dissection.Until(wireEnd);
        bool isControl = (flags & IsControl) != 0;
        if (!inside.Add(Value, offset, isControl ? messageEnd - offset : header, messageEnd) || isControl)
        {
            return true;
        }

        if (version == 3)
        {
            inside.Data(OsiLayer.DataLink, offset + header, messageEnd);
        }
        else if (messageEnd > offset + header)
        {
            inside.Next(NumberTable.EtherType, PppEtherType, offset + header, messageEnd);
        }

        if (length > 0 && offset + length > dissection.WireEnd)
        {
            dissection.Malformed(OsiLayer.DataLink, "L2TP length", offset + 2, length);
        }

        return true;
    }

    private static int HeaderLength(ReadOnlySpan<byte> bytes, int flags)
    {
        if ((flags & 15) == 3)
        {
            return (flags & IsControl) != 0 ? 12 : 8;
        }

        int length = MinSize + ((flags & HasLength) != 0 ? 2 : 0) + ((flags & HasSequence) != 0 ? 4 : 0);
        if ((flags & HasOffset) == 0)
        {
            return length;
        }

        return length + 2 > bytes.Length ? length + 2 : length + 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]);
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int flags = bytes.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : 0;
        if ((flags & 15) == 3)
        {
            if (bytes.Length >= 8)
            {
                sink.Number((flags & IsControl) != 0 ? Fields.Control3 : Fields.Session3, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
            }

            DescribeMessage(bytes, flags, 12, at, sink);
            return;
        }

        int next = 2;
        Report(Fields.Length, (flags & HasLength) != 0, bytes, ref next, at, sink);
        Report(Fields.Tunnel, true, bytes, ref next, at, sink);
        Report(Fields.Session, true, bytes, ref next, at, sink);
        Report(Fields.Sent, (flags & HasSequence) != 0, bytes, ref next, at, sink);
        Report(Fields.Received, (flags & HasSequence) != 0, bytes, ref next, at, sink);
        DescribeMessage(bytes, flags, next, at, sink);
    }

    private static void Report(Field field, bool isThere, ReadOnlySpan<byte> bytes, ref int next, int at, IFieldSink sink)
    {
        if (isThere && next + 2 <= bytes.Length)
        {
            sink.Number(field, BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]), at + next, 2);
        }

        next += isThere ? 2 : 0;
    }

    // RFC 2661, 4.4.1: the first pair of a control message says which it is: length 8, vendor 0, attribute 0.
    private static void DescribeMessage(ReadOnlySpan<byte> bytes, int flags, int pair, int at, IFieldSink sink)
    {
        if ((flags & IsControl) != 0 && pair + 8 <= bytes.Length && BinaryPrimitives.ReadUInt32BigEndian(bytes[(pair + 2)..]) == 0)
        {
            sink.Number(Fields.Message, BinaryPrimitives.ReadUInt16BigEndian(bytes[(pair + 6)..]), at + pair + 6, 2);
        }
    }
}
