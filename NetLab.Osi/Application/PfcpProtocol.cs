using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>The Packet Forwarding Control Protocol (3GPP TS 29.244, 7.2 and 8.1).</summary>
internal static class PfcpProtocol
{
    private const int MinSize = 8;
    private const int HasSession = 1;
    private const int ElementHeader = 4;
    private const int MaxDepth = 5;
    private const int FirstOfVendor = 0x8000;

    public static readonly Protocol Value = new("pfcp", OsiLayer.Application, "Packet Forwarding Control Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Flags = Field.Number(null, "pfcp.flags", at: 0, size: 1, about: "Flags and version");
        public static readonly Field Version = Field.Number("version", "pfcp.version", at: 0, size: 1, mask: 0xE0, about: "Version");
        public static readonly Field FollowOn = Field.Flag(null, "pfcp.fo_flag", at: 0, size: 1, mask: 0x04, about: "Another message follows");
        public static readonly Field PriorityFlag = Field.Flag(null, "pfcp.mp_flag", at: 0, size: 1, mask: 0x02, about: "There is a priority");
        public static readonly Field SessionFlag = Field.Flag(null, "pfcp.s", at: 0, size: 1, mask: HasSession, about: "There is a session");
        public static readonly Field Type = Field.Number("message", "pfcp.msg_type", at: 1, size: 1, about: "Message", summary: true, names: static v => v switch
        {
            1 => "heartbeat request",
            2 => "heartbeat response",
            5 => "association setup request",
            6 => "association setup response",
            7 => "association update request",
            8 => "association update response",
            9 => "association release request",
            10 => "association release response",
            12 => "node report request",
            13 => "node report response",
            50 => "session establishment request",
            51 => "session establishment response",
            52 => "session modification request",
            53 => "session modification response",
            54 => "session deletion request",
            55 => "session deletion response",
            56 => "session report request",
            57 => "session report response",
            _ => null,
        });
        public static readonly Field Length = Field.Number("length", "pfcp.length", at: 2, size: 2, about: "Bytes behind the length");
        public static readonly Field Session = Field.Number("seid", "pfcp.seid", about: "The receiver's number of the session");
        public static readonly Field Sequence = Field.Number("sequence", "pfcp.seqno", about: "Sequence number", width: 3);
        public static readonly Field ElementType = Field.Number(null, "pfcp.ie_type", about: "Type of an information element", width: 2);
        public static readonly Field ElementLength = Field.Number(null, "pfcp.ie_len", about: "Bytes of an information element", width: 2);

        public static readonly Field[] All = [Flags, Version, FollowOn, PriorityFlag, SessionFlag, Type, Length, Session, Sequence, ElementType, ElementLength];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (offset < end && dissection.Bytes[offset] >> 5 != 1)
        {
            return false;
        }

        int length = end - offset < MinSize ? MinSize : 4 + BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        int least = offset < end && (dissection.Bytes[offset] & HasSession) != 0 ? MinSize + 8 : MinSize;
        dissection.AddMessage(Value, offset, least, length, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int next = 4;
        if ((bytes[0] & HasSession) != 0)
        {
            sink.Number(Fields.Session, (long)BinaryPrimitives.ReadUInt64BigEndian(bytes[4..]), at + 4, 8);
            next = 12;
        }

        sink.Number(Fields.Sequence, BinaryPrimitives.ReadUInt32BigEndian(bytes[next..]) >> 8, at + next, 3);
        if (sink.WantsHidden)
        {
            DescribeElements(bytes[(next + 4)..], at + next + 4, sink, MaxDepth);
        }
    }

    // 8.1.1: type, length; those of a vendor have its number first, and nothing is known of what else they hold.
    private static void DescribeElements(ReadOnlySpan<byte> bytes, int at, IFieldSink sink, int depth)
    {
        int next = 0;
        while (next + ElementHeader <= bytes.Length)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[next..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(next + 2)..]);
            int value = next + ElementHeader;
            sink.Number(Fields.ElementType, type, at + next, 2);
            sink.Number(Fields.ElementLength, length, at + next + 2, 2);
            if (type < FirstOfVendor && IsGrouped(type) && depth > 0)
            {
                DescribeElements(bytes.Slice(value, Math.Min(length, bytes.Length - value)), at + value, sink, depth - 1);
            }

            next = value + length;
        }
    }

    // Table 8.1.2-1: those that hold elements.
    private static bool IsGrouped(int type) => type switch
    {
        >= 1 and <= 18 or 51 or 54 or 58 or 59 or 68 or (>= 77 and <= 80) or 83 or 85 or 86 or 87 or 99 or 105 or 118 or (>= 127 and <= 130) or 132 or 143 or 147
            or 165 or 166 or 167 or 169 or 170 or (>= 175 and <= 177) or 183 or 184 or (>= 188 and <= 190) or 195 or 199 or 200 or 203 or 205 or 206 or 211 or 212 or 213 or 216
            or 218 or (>= 220 and <= 222) or 225 or 227 or 233 or 238 or 239 or 240 or 242 or 252 or 254 or 255 or 256 or 261 or 263 or 264 or 265 or 267 or 270 or 271 or 272 or 273 or 276
            or 277 or 278 or 279 or 281 or 282 or 283 or 284 or 285 or 290 or 295 or 296 or 297 or 299 or 300 or 303 => true,
        _ => false,
    };
}
