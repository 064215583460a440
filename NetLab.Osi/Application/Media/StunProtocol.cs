using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Application.Media;

/// <summary>STUN (RFC 8489) and TURN (RFC 8656): messages by their cookie, and the channels of TURN.</summary>
internal static class StunProtocol
{
    public const int HeaderSize = 20;

    private const uint Cookie = 0x2112_A442;
    private const int ChannelHeader = 4;
    private const int MappedAddress = 0x0001;
    private const int UserName = 0x0006;
    private const int ErrorCode = 0x0009;
    private const int PeerAddress = 0x0012;
    private const int Realm = 0x0014;
    private const int RelayedAddress = 0x0016;
    private const int XorMappedAddress = 0x0020;
    private const int Software = 0x8022;
    private const int AlternateServer = 0x8023;

    public static readonly StreamedProtocol Value = StreamedProtocol.Messages(
        "stun", OsiLayer.Application, "Session Traversal Utilities for NAT", Fields.All, Frame, Dissect, Describe, begins: BeginsStream);

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "stun.type", at: 0, size: 2, names: static v => TypeName((int)v), about: "Class and method of the message", summary: true);
        public static readonly Field Class = Field.Number(null, "stun.type.class", at: 0, size: 2, mask: 0x0110, about: "Class: request, indication, success or error");
        public static readonly Field Method = Field.Number(null, "stun.type.method", at: 0, size: 2, mask: 0x3EEF, about: "Method");
        public static readonly Field Length = Field.Number("length", "stun.length", at: 2, size: 2, about: "Bytes behind the header");
        public static readonly Field MagicCookie = Field.Bytes(null, "stun.cookie", at: 4, size: 4, about: "The cookie");
        public static readonly Field Id = Field.Bytes("id", "stun.id", at: 8, size: 12, about: "Transaction");
        public static readonly Field User = Field.Text("username", "stun.att.username", about: "User");
        public static readonly Field RealmName = Field.Text(null, "stun.att.realm", about: "Realm");
        public static readonly Field Program = Field.Text("software", "stun.att.software", about: "Program of the sender");
        public static readonly Field Error = Field.Number("error", "stun.att.error", about: "Why a request failed", width: 1);
        public static readonly Field Addresses = Field.Group("addresses", "Addresses");
        public static readonly Field Kind = Field.Text("kind", about: "Whose address");
        public static readonly Field Address4 = Field.Ipv4("address", "stun.att.ipv4", about: "Address", summary: true);
        public static readonly Field Address6 = Field.Ipv6("address", "stun.att.ipv6", about: "Address");
        public static readonly Field Port = Field.Number("port", "stun.att.port", about: "Port", width: 2);
        public static readonly Field Attribute = Field.Number(null, "stun.att.type", about: "Types of the attributes", width: 2);
        public static readonly Field Channel = Field.Number("channel", "stun.channel", about: "Channel of relayed data", width: 2);

        public static readonly Field[] All =
            [Type, Class, Method, Length, MagicCookie, Id, User, RealmName, Program, Error, Addresses, Kind, Address4, Address6, Port, Attribute, Channel];
    }

    /// <summary>Whether a stream begins with one, framed or not.</summary>
    public static bool BeginsStream(ReadOnlySpan<byte> bytes) => Begins(bytes) || IsFramed(bytes);

    /// <summary>Whether bytes begin with a STUN message: two zero bits, a length of whole words, the cookie.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize && (bytes[0] & 0xC0) == 0 && (bytes[3] & 3) == 0 && BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) == Cookie;

    // RFC 8656, 12.4: 0x4000 to 0x4FFF, a length, and as many bytes.
    private static bool IsChannel(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= ChannelHeader && bytes[0] is >= 0x40 and <= 0x4F && BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) is var length
        && length <= bytes.Length - ChannelHeader && bytes.Length - ChannelHeader - length < 4;

    // RFC 4571: two bytes of length before each message, as media in streams have them.
    private static bool IsFramed(ReadOnlySpan<byte> bytes) => bytes.Length > 2 && Begins(bytes[2..]) && BinaryPrimitives.ReadUInt16BigEndian(bytes) == HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);

    private static int Frame(ReadOnlySpan<byte> bytes, bool fromClient)
    {
        if (bytes.Length < ChannelHeader)
        {
            return 0;
        }

        if (IsFramed(bytes))
        {
            return 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return (bytes[0] >> 6) switch
        {
            0 => bytes.Length >= 8 && BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) != Cookie ? StreamParser.NotMine : HeaderSize + length,
            1 when bytes[0] <= 0x4F => (ChannelHeader + length + 3) & ~3,
            _ => StreamParser.NotMine,
        };
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        offset += IsFramed(dissection.Bytes[offset..end]) ? 2 : 0;
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (IsChannel(bytes))
        {
            DissectChannel(dissection, offset, end);
            return true;
        }

        // The messages of RFC 3489 have no cookie: on a port of STUN, a length that fits says enough.
        int length = bytes.Length >= HeaderSize ? BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) : -1;
        if (length < 0 || (bytes[0] & 0xC0) != 0 || (!Begins(bytes) && length != bytes.Length - HeaderSize))
        {
            return false;
        }

        if (dissection.Conversation is { Application: null } conversation && (bytes[1] & 0x0F) is 3 or 4 or 6 or 9)
        {
            // A client of a relay: what comes in its channels has no cookie.
            conversation.Application = Value;
        }

        int size = HeaderSize + length;
        dissection.Add(Value, offset, Math.Min(size, bytes.Length), end);
        if (size > bytes.Length)
        {
            dissection.TooShort(OsiLayer.Application, "STUN length", offset, size, end);
        }

        return true;
    }

    private static void DissectChannel(in Dissection dissection, int offset, int end)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        int payload = offset + ChannelHeader;
        int payloadEnd = payload + length;
        dissection.Add(Value, offset, ChannelHeader, end);
        if (payloadEnd == payload)
        {
            return;
        }

        // What is relayed is what two peers say to each other: media, their keys, and STUN again.
        Dissection inside = dissection.Until(payloadEnd).In(null);
        foreach (ProtocolReference reference in dissection.Registry.UdpHeuristics)
        {
            if (reference.Begins!(dissection.Bytes[payload..payloadEnd]) && reference.Protocol.Dissect(inside, payload, payloadEnd))
            {
                return;
            }
        }

        inside.Data(OsiLayer.Application, payload, payloadEnd);
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes.Length < HeaderSize || (bytes[0] & 0xC0) != 0)
        {
            sink.Number(Fields.Channel, bytes.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : 0, at, 2);
            if (bytes.Length >= ChannelHeader)
            {
                sink.Number(Fields.Length, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
            }

            return;
        }

        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> message = bytes[..Math.Min(bytes.Length, HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]))];
        DescribeAttributes(message, at, sink);
        DescribeAddresses(message, at, sink);
    }

    private static void DescribeAttributes(ReadOnlySpan<byte> message, int start, IFieldSink sink)
    {
        bool hasUser = false;
        bool hasError = false;
        for (int at = HeaderSize; TryReadAttribute(message, ref at, out int type, out ReadOnlySpan<byte> value, out int place);)
        {
            sink.Number(Fields.Attribute, type, start + place - 4, 2);
            switch (type)
            {
                case UserName when !hasUser:
                    hasUser = true;
                    sink.Text(Fields.User, value.TrimEnd((byte)0), start + place, value.Length);
                    break;
                case Realm when sink.WantsHidden:
                    sink.Text(Fields.RealmName, value, start + place, value.Length);
                    break;
                case Software when sink.WantsHidden:
                    sink.Text(Fields.Program, value, start + place, value.Length);
                    break;
                case ErrorCode when value.Length >= 4 && !hasError:
                    hasError = true;
                    sink.Number(Fields.Error, ((value[2] & 7) * 100) + value[3], start + place + 2, 2);
                    break;
                default:
                    break;
            }
        }
    }

    // Apart from the rest: between two addresses of the list nothing else may stand.
    private static void DescribeAddresses(ReadOnlySpan<byte> message, int start, IFieldSink sink)
    {
        bool hasAddress = false;
        for (int at = HeaderSize; TryReadAttribute(message, ref at, out int type, out ReadOnlySpan<byte> value, out int place);)
        {
            if (AddressName(type) is not { } name || value.Length is not (8 or 20))
            {
                continue;
            }

            if (!hasAddress)
            {
                hasAddress = true;
                sink.BeginList(Fields.Addresses);
            }

            DescribeAddress(name, type is PeerAddress or RelayedAddress or XorMappedAddress or 0x8020, value, message, start + place, sink);
        }

        if (hasAddress)
        {
            sink.EndList();
        }
    }

    // RFC 8489, 14: a type, a length, a value, and what fills the last word. A value that its message cuts off is empty.
    private static bool TryReadAttribute(ReadOnlySpan<byte> message, ref int at, out int type, out ReadOnlySpan<byte> value, out int place)
    {
        (type, place) = (0, at + 4);
        value = default;
        if (place > message.Length)
        {
            return false;
        }

        type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
        bool isThere = length <= message.Length - place;
        value = isThere ? message.Slice(place, length) : default;
        at = isThere ? place + ((length + 3) & ~3) : message.Length;
        return true;
    }

    // RFC 8489, 14.1 and 14.2: a byte of nothing, a family, a port, an address; the last two may be combined with cookie and transaction.
    private static void DescribeAddress(string name, bool isCombined, ReadOnlySpan<byte> value, ReadOnlySpan<byte> message, int at, IFieldSink sink)
    {
        int port = BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
        Span<byte> address = stackalloc byte[16];
        address = address[..(value.Length - 4)];
        value[4..].CopyTo(address);
        if (isCombined)
        {
            port ^= (int)(Cookie >> 16);
            for (int i = 0; i < address.Length; i++)
            {
                address[i] ^= message[4 + i];
            }
        }

        sink.BeginItem();
        sink.Text(Fields.Kind, name, at, value.Length);
        sink.Ip(address.Length == 4 ? Fields.Address4 : Fields.Address6, address, at + 4);
        sink.Number(Fields.Port, port, at + 2, 2);
        sink.EndItem();
    }

    private static string? AddressName(int type) => type switch
    {
        MappedAddress => "mapped",
        0x0002 => "response",
        0x0004 => "source",
        0x0005 => "changed",
        0x000B => "reflected from",
        PeerAddress => "peer",
        RelayedAddress => "relayed",
        XorMappedAddress or 0x8020 => "mapped",
        AlternateServer => "alternate server",
        0x802B => "response origin",
        0x802C => "other",
        _ => null,
    };

    private static string? TypeName(int type)
    {
        string? method = (type & 0x3EEF) switch
        {
            1 => "binding",
            3 => "allocate",
            4 => "refresh",
            6 => "send",
            7 => "data",
            8 => "create permission",
            9 => "channel bind",
            _ => null,
        };
        string kind = (type & 0x0110) switch { 0 => "request", 0x0010 => "indication", 0x0100 => "success", _ => "error" };
        return method is null ? null : $"{method} {kind}";
    }
}
