using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Accounting;

/// <summary>Diameter (RFC 6733), on TCP and SCTP.</summary>
internal static class DiameterProtocol
{
    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "diameter", OsiLayer.Application, "Diameter", Fields.All, Frame, Dissect, Describe, begins: Begins);

    private const int HeaderSize = 20;
    private const int MaxAttributes = 1024;
    private const int VendorBit = 0x80;

    private static class Fields
    {
        public static readonly Field Version = Field.Number(null, "diameter.version", at: 0, size: 1, about: "Version");
        public static readonly Field Length = Field.Number("length", "diameter.length", at: 1, size: 3, about: "Bytes of the message");
        public static readonly Field Request = Field.Flag("request", "diameter.flags.request", at: 4, size: 1, mask: 0x80, about: "It is a request");
        public static readonly Field Proxyable = Field.Flag(null, "diameter.flags.proxyable", at: 4, size: 1, mask: 0x40, about: "It may be relayed");
        public static readonly Field Failed = Field.Flag(null, "diameter.flags.error", at: 4, size: 1, mask: 0x20, about: "It tells of an error");
        public static readonly Field Again = Field.Flag(null, "diameter.flags.T", at: 4, size: 1, mask: 0x10, about: "It may have been sent before");
        public static readonly Field Command = Field.Number("command", "diameter.cmd.code", at: 5, size: 3, names: static v => NameOf((int)v), about: "Command", summary: true, width: 4);
        public static readonly Field Application = Field.Number("application", "diameter.applicationId", at: 8, size: 4, about: "Application");
        public static readonly Field HopByHop = Field.Number("hop_by_hop", "diameter.hopbyhopid", at: 12, size: 4, about: "Identifier on this hop");
        public static readonly Field EndToEnd = Field.Number("end_to_end", "diameter.endtoendid", at: 16, size: 4, about: "Identifier from end to end");
        public static readonly Field AttributeCode = Field.Number(null, "diameter.avp.code", about: "Codes of the attributes", width: 4);
        public static readonly Field Session = Field.Text("session", "diameter.Session-Id", about: "Session");
        public static readonly Field OriginHost = Field.Text("origin_host", "diameter.Origin-Host", about: "Sender");
        public static readonly Field OriginRealm = Field.Text(null, "diameter.Origin-Realm", about: "Realm of the sender");
        public static readonly Field DestinationHost = Field.Text(null, "diameter.Destination-Host", about: "Receiver");
        public static readonly Field DestinationRealm = Field.Text(null, "diameter.Destination-Realm", about: "Realm of the receiver");
        public static readonly Field User = Field.Text(null, "diameter.User-Name", about: "User");
        public static readonly Field Result = Field.Number("result", "diameter.Result-Code", about: "Result", summary: true, width: 4);

        public static readonly Field[] All =
        [
            Version, Length, Request, Proxyable, Failed, Again, Command, Application, HopByHop, EndToEnd, AttributeCode,
            Session, OriginHost, OriginRealm, DestinationHost, DestinationRealm, User, Result,
        ];
    }

    /// <summary>Whether bytes begin with a header of version 1 whose reserved bits are 0, and whose length is of whole words.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize && bytes[0] == 1 && (bytes[4] & 0x0F) == 0 && (bytes[3] & 3) == 0 && LengthOf(bytes) >= HeaderSize;

    private static int LengthOf(ReadOnlySpan<byte> bytes) => (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient) => bytes.Length < HeaderSize ? 0 : Begins(bytes) ? LengthOf(bytes) : StreamParser.NotMine;

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < HeaderSize)
        {
            dissection.Cut(Value, "Diameter header", offset, HeaderSize, end);
            return true;
        }

        if (!Begins(bytes))
        {
            return false;
        }

        dissection.Add(Value, offset, Math.Min(bytes.Length, LengthOf(bytes)), end);
        if (LengthOf(bytes) > bytes.Length)
        {
            dissection.TooShort(OsiLayer.Application, "Diameter length", offset, LengthOf(bytes), end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int start = view[index].Offset;
        int end = bytes.Length < HeaderSize ? 0 : Math.Min(bytes.Length, LengthOf(bytes));
        int seen = 0;
        int count = 0;

        // RFC 6733, 4.1: code, flags, length, a vendor if a flag says so, the value, and what fills up the word.
        for (int at = HeaderSize; at + 8 <= end && count < MaxAttributes; count++)
        {
            uint code = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            bool isVendors = (bytes[at + 4] & VendorBit) != 0;
            int header = isVendors ? 12 : 8;
            int length = LengthOf(bytes[(at + 4)..]);
            sink.Number(Fields.AttributeCode, code, start + at, 4);
            if (length < header || length > end - at)
            {
                break;
            }

            int bit = isVendors ? 0 : code switch { 263 => 1, 264 => 2, 268 => 4, _ => 0 };
            if (!isVendors && ((seen & bit) == 0 || sink.WantsHidden))
            {
                seen |= bit;
                DescribeAttribute(code, bytes[(at + header)..(at + length)], start + at + header, sink);
            }

            at += (length + 3) & ~3;
        }
    }

    private static void DescribeAttribute(uint code, ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        Field? field = code switch
        {
            1 => Fields.User,
            263 => Fields.Session,
            264 => Fields.OriginHost,
            268 => Fields.Result,
            283 => Fields.DestinationRealm,
            293 => Fields.DestinationHost,
            296 => Fields.OriginRealm,
            _ => null,
        };
        if (field == Fields.Result && value.Length == 4)
        {
            sink.Number(field, BinaryPrimitives.ReadUInt32BigEndian(value), at, 4);
        }
        else if (field is { Kind: FieldKind.Text })
        {
            sink.Text(field, value, at, value.Length);
        }
    }

    private static string? NameOf(int command) => command switch
    {
        257 => "capabilities exchange",
        258 => "re-auth",
        265 => "AA",
        268 => "EAP",
        271 => "accounting",
        272 => "credit control",
        274 => "abort session",
        275 => "session termination",
        280 => "device watchdog",
        282 => "disconnect peer",
        300 => "user authorization",
        301 => "server assignment",
        302 => "location information",
        303 => "multimedia authentication",
        316 => "update location",
        317 => "cancel location",
        318 => "authentication information",
        321 => "purge UE",
        _ => null,
    };
}
