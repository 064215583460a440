using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>DHCPv6 (RFC 8415).</summary>
internal static class DhcpV6Protocol
{
    public static readonly Protocol Value = new("dhcpv6", OsiLayer.Application, "Dynamic Host Configuration Protocol for IPv6", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field MsgType = Field.Number("msg_type", "dhcpv6.msgtype", names: static v => NameOf((int)v), width: 1);
        public static readonly Field Link = Field.Of(FieldKind.Ip, "link");
        public static readonly Field Peer = Field.Of(FieldKind.Ip, "peer");
        public static readonly Field Xid = Field.Number("xid", "dhcpv6.xid", width: 3);

        public static readonly Field[] All = [MsgType, Link, Peer, Xid];
    }

    public const int ClientPort = 546;
    public const int ServerPort = 547;

    private const int Size = 4;
    private const int RelaySize = 34;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.Application, "DHCPv6 header", offset, Size, end);
            dissection.Data(OsiLayer.Application, offset, end);
            return true;
        }

        dissection.Add(Value, offset, end - offset, end);

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int type = bytes[0];
        sink.Number(Fields.MsgType, type, at, 1);
        if (type is 12 or 13)
        {
            // RFC 8415, 9: a relay's message has addresses where others have a transaction.
            if (bytes.Length >= RelaySize)
            {
                sink.Ip(Fields.Link, bytes.Slice(2, 16), at + 2);
                sink.Ip(Fields.Peer, bytes.Slice(18, 16), at + 18);
            }

            return;
        }

        sink.Number(Fields.Xid, BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0xFF_FFFF, at + 1, 3);
    }

    private static string? NameOf(int type) => type switch
    {
        1 => "solicit",
        2 => "advertise",
        3 => "request",
        4 => "confirm",
        5 => "renew",
        6 => "rebind",
        7 => "reply",
        8 => "release",
        9 => "decline",
        10 => "reconfigure",
        11 => "information request",
        12 => "relay forward",
        13 => "relay reply",
        _ => null,
    };
}
