using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Accounting;

/// <summary>RADIUS (RFC 2865, RFC 2866): who may use the network, and how much of it was used.</summary>
internal static class RadiusProtocol
{
    public static readonly Protocol Value = new("radius", OsiLayer.Application, "Remote Authentication Dial In User Service", Fields.All, Dissect, Describe);

    private const int HeaderSize = 20;
    private const int MaxSize = 4096;
    private const int UserName = 1;
    private const int NasAddress = 4;
    private const int FramedAddress = 8;
    private const int ReplyMessage = 18;
    private const int CalledStation = 30;
    private const int CallingStation = 31;
    private const int NasIdentifier = 32;
    private const int AccountingStatus = 40;
    private const int SessionId = 44;

    private static class Fields
    {
        public static readonly Field Code = Field.Number("code", "radius.code", at: 0, size: 1, names: static v => NameOf((int)v), about: "Kind of packet", summary: true);
        public static readonly Field Id = Field.Number("id", "radius.id", at: 1, size: 1, about: "Which request");
        public static readonly Field Length = Field.Number("length", "radius.length", at: 2, size: 2, about: "Bytes of the packet");
        public static readonly Field Authenticator = Field.Bytes(null, "radius.authenticator", at: 4, size: 16, about: "Authenticator");
        public static readonly Field AttributeType = Field.Number(null, "radius.avp.type", about: "Types of the attributes", width: 1);
        public static readonly Field AttributeLength = Field.Number(null, "radius.avp.length", about: "Lengths of the attributes", width: 1);
        public static readonly Field User = Field.Text("user", "radius.User_Name", about: "User", summary: true);
        public static readonly Field Nas = Field.Ipv4("nas", "radius.NAS_IP_Address", about: "Access server");
        public static readonly Field Framed = Field.Ipv4("address", "radius.Framed-IP-Address", about: "Address of the user");
        public static readonly Field Reply = Field.Text(null, "radius.Reply_Message", about: "Text for the user");
        public static readonly Field Called = Field.Text(null, "radius.Called_Station_Id", about: "Who was called");
        public static readonly Field Calling = Field.Text(null, "radius.Calling_Station_Id", about: "Who called");
        public static readonly Field NasName = Field.Text(null, "radius.NAS_Identifier", about: "Name of the access server");
        public static readonly Field Status = Field.Number(null, "radius.Acct_Status_Type", about: "Beginning or end of what is accounted", names: static v => (int)v switch { 1 => "start", 2 => "stop", 3 => "interim update", _ => null }, width: 4);
        public static readonly Field Session = Field.Text(null, "radius.Acct_Session_Id", about: "Session that is accounted");

        public static readonly Field[] All =
            [Code, Id, Length, Authenticator, AttributeType, AttributeLength, User, Nas, Framed, Reply, Called, Calling, NasName, Status, Session];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < HeaderSize)
        {
            dissection.Cut(Value, "RADIUS header", offset, HeaderSize, end);
            return true;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (length is < HeaderSize or > MaxSize || NameOf(bytes[0]) is null)
        {
            return false;
        }

        dissection.Add(Value, offset, Math.Min(length, bytes.Length), end);
        if (length > bytes.Length)
        {
            dissection.TooShort(OsiLayer.Application, "RADIUS length", offset, length, end);
            return true;
        }

        for (int at = HeaderSize; at < length; at += bytes[at + 1])
        {
            if (at + 2 > length || bytes[at + 1] < 2 || at + bytes[at + 1] > length)
            {
                dissection.Malformed(OsiLayer.Application, "RADIUS attribute length", offset + at);
                break;
            }
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int start = view[index].Offset;
        int end = bytes.Length < HeaderSize ? 0 : Math.Min(bytes.Length, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]));
        int seen = 0;
        for (int at = HeaderSize; at + 2 <= end && bytes[at + 1] >= 2 && at + bytes[at + 1] <= end; at += bytes[at + 1])
        {
            sink.Number(Fields.AttributeType, bytes[at], start + at, 1);
            sink.Number(Fields.AttributeLength, bytes[at + 1], start + at + 1, 1);

            // The first of an attribute counts in JSON.
            int bit = bytes[at] switch { UserName => 1, NasAddress => 2, FramedAddress => 4, _ => 0 };
            if ((seen & bit) == 0 || sink.WantsHidden)
            {
                seen |= bit;
                DescribeAttribute(bytes[at], bytes.Slice(at + 2, bytes[at + 1] - 2), start + at + 2, sink);
            }
        }
    }

    private static void DescribeAttribute(int type, ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        Field? field = type switch
        {
            UserName => Fields.User,
            NasAddress => Fields.Nas,
            FramedAddress => Fields.Framed,
            ReplyMessage => Fields.Reply,
            CalledStation => Fields.Called,
            CallingStation => Fields.Calling,
            NasIdentifier => Fields.NasName,
            AccountingStatus => Fields.Status,
            SessionId => Fields.Session,
            _ => null,
        };
        switch (field?.Kind)
        {
            case FieldKind.Text:
                sink.Text(field, value, at, value.Length);
                break;
            case FieldKind.Ipv4 when value.Length == 4:
                sink.Ip(field, value, at);
                break;
            case FieldKind.Number when value.Length == 4:
                sink.Number(field, BinaryPrimitives.ReadUInt32BigEndian(value), at, 4);
                break;
            default:
                break;
        }
    }

    private static string? NameOf(int code) => code switch
    {
        1 => "access request",
        2 => "access accept",
        3 => "access reject",
        4 => "accounting request",
        5 => "accounting response",
        11 => "access challenge",
        12 => "status server",
        13 => "status client",
        >= 6 and <= 10 or >= 21 and <= 51 => "other",
        _ => null,
    };
}
