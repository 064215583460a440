using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application;

/// <summary>DHCP (RFC 2131, RFC 2132), and the BOOTP it grew from (RFC 951).</summary>
internal static class DhcpProtocol
{
    public static readonly Protocol Value = new("dhcp", OsiLayer.Application, "Dynamic Host Configuration Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Op = Field.Number("op", "dhcp.type", names: static v => (int)v switch { 1 => "request", 2 => "reply", _ => null });
        public static readonly Field Xid = Field.Number("xid", "dhcp.id");
        public static readonly Field Ciaddr = Field.Of(FieldKind.Ip, "ciaddr", "dhcp.ip.client");
        public static readonly Field Yiaddr = Field.Of(FieldKind.Ip, "yiaddr", "dhcp.ip.your");
        public static readonly Field Mac = Field.Mac("mac", "dhcp.hw.mac_addr");
        public static readonly Field Hostname = Field.Text("hostname", "dhcp.option.hostname");
        public static readonly Field RequestedIp = Field.Of(FieldKind.Ip, "requested_ip", "dhcp.option.requested_ip_address");
        public static readonly Field Lease = Field.Number("lease", "dhcp.option.ip_address_lease_time", names: static _ => "seconds");
        public static readonly Field MsgType = Field.Number("msg_type", "dhcp.option.dhcp", names: static v => MessageName((int)v));
        public static readonly Field ServerId = Field.Of(FieldKind.Ip, "server_id", "dhcp.option.dhcp_server_id");

        public static readonly Field[] All = [Op, Xid, Ciaddr, Yiaddr, Mac, Hostname, RequestedIp, Lease, MsgType, ServerId];
    }

    public const int ServerPort = 67;
    public const int ClientPort = 68;

    private const int FixedSize = 236;

    // Up to the hardware address: names of server and boot file come after it, and are often cut.
    private const int AddressesSize = 44;
    private const uint MagicCookie = 0x6382_5363;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < AddressesSize)
        {
            dissection.TooShort(OsiLayer.Application, "DHCP header", offset, FixedSize, end);
            dissection.Data(OsiLayer.Application, offset, end);
            return true;
        }

        dissection.Add(Value, offset, end - offset, end);
        if (end - offset < FixedSize)
        {
            dissection.TooShort(OsiLayer.Application, "DHCP header", offset, FixedSize, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Op, bytes[0], at, 1);
        sink.Number(Fields.Xid, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
        sink.Ip(Fields.Ciaddr, bytes.Slice(12, 4), at + 12);
        sink.Ip(Fields.Yiaddr, bytes.Slice(16, 4), at + 16);
        if (bytes[1] == 1 && bytes[2] == 6)
        {
            sink.Mac(Fields.Mac, bytes.Slice(28, 6), at + 28);
        }

        if (bytes.Length >= FixedSize + 4 && BinaryPrimitives.ReadUInt32BigEndian(bytes[FixedSize..]) == MagicCookie)
        {
            DescribeOptions(bytes, FixedSize + 4, at, sink);
        }
    }

    private static void DescribeOptions(ReadOnlySpan<byte> bytes, int option, int at, IFieldSink sink)
    {
        int seen = 0;
        while (option < bytes.Length && bytes[option] != 255)
        {
            int code = bytes[option];
            if (code == 0)
            {
                option++;
                continue;
            }

            int length = option + 1 < bytes.Length ? bytes[option + 1] : 0;
            int value = option + 2;
            if (value + length > bytes.Length)
            {
                break;
            }

            // The first of an option counts: a second would be a second key of the same name.
            int bit = code switch { 12 => 1, 50 => 2, 51 => 4, 53 => 8, 54 => 16, _ => 0 };
            if ((seen & bit) == 0)
            {
                seen |= bit;
                DescribeOption(code, bytes.Slice(value, length), at + value, sink);
            }

            option = value + length;
        }
    }

    private static void DescribeOption(int code, ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        switch (code, value.Length)
        {
            case (12, > 0):
                sink.Text(Fields.Hostname, value.TrimEnd((byte)0), at, value.Length);
                break;
            case (50, 4):
                sink.Ip(Fields.RequestedIp, value, at);
                break;
            case (51, 4):
                sink.Number(Fields.Lease, BinaryPrimitives.ReadUInt32BigEndian(value), at, 4);
                break;
            case (53, 1):
                sink.Number(Fields.MsgType, value[0], at, 1);
                break;
            case (54, 4):
                sink.Ip(Fields.ServerId, value, at);
                break;
            default:
                break;
        }
    }

    private static string? MessageName(int type) => type switch
    {
        1 => "discover",
        2 => "offer",
        3 => "request",
        4 => "decline",
        5 => "acknowledgment",
        6 => "negative acknowledgment",
        7 => "release",
        8 => "inform",
        _ => null,
    };
}
