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
        public static readonly Field Op = Field.Number("op", "dhcp.type", names: static v => (int)v switch { 1 => "request", 2 => "reply", _ => null }, width: 1);
        public static readonly Field Xid = Field.Number("xid", "dhcp.id", width: 4);
        public static readonly Field Ciaddr = Field.Of(FieldKind.Ip, "ciaddr", "dhcp.ip.client");
        public static readonly Field Yiaddr = Field.Of(FieldKind.Ip, "yiaddr", "dhcp.ip.your");
        public static readonly Field Mac = Field.Mac("mac", "dhcp.hw.mac_addr");
        public static readonly Field Hostname = Field.Text("hostname", "dhcp.option.hostname");
        public static readonly Field RequestedIp = Field.Of(FieldKind.Ip, "requested_ip", "dhcp.option.requested_ip_address");
        public static readonly Field Lease = Field.Number("lease", "dhcp.option.ip_address_lease_time", names: static _ => "seconds", width: 4);
        public static readonly Field MsgType = Field.Number("msg_type", "dhcp.option.dhcp", names: static v => MessageName((int)v), width: 1);
        public static readonly Field ServerId = Field.Of(FieldKind.Ip, "server_id", "dhcp.option.dhcp_server_id");

        public static readonly Field OptionType = Field.Number(null, "dhcp.option.type", about: "Codes of the options", width: 1);
        public static readonly Field Router = Field.Of(FieldKind.Ip, null, "dhcp.option.router", "Routers");
        public static readonly Field SubnetMask = Field.Of(FieldKind.Ip, null, "dhcp.option.subnet_mask", "Mask of the subnet");
        public static readonly Field DomainNameServer = Field.Of(FieldKind.Ip, null, "dhcp.option.domain_name_server", "Name servers");
        public static readonly Field DomainName = Field.Text(null, "dhcp.option.domain_name", about: "Domain");
        public static readonly Field Server = Field.Of(FieldKind.Ip, null, "dhcp.ip.server", "Next server");
        public static readonly Field Relay = Field.Of(FieldKind.Ip, null, "dhcp.ip.relay", "Relay agent");

        public static readonly Field[] All =
            [Op, Xid, Ciaddr, Yiaddr, Mac, Hostname, RequestedIp, Lease, MsgType, ServerId, OptionType, Router, SubnetMask, DomainNameServer, DomainName, Server, Relay];
    }

    public const int ServerPort = 67;
    public const int ClientPort = 68;

    private const int FixedSize = 236;

    // Up to the hardware address: names of server and boot file come after it, and are often cut.
    private const int AddressesSize = 44;
    private const uint MagicCookie = 0x6382_5363;

    private const int ServerNameAt = 44;
    private const int FileAt = 108;
    private const int Overload = 52;
    private const int ClientIdentifier = 61;

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
        if (sink.WantsHidden)
        {
            sink.Ip(Fields.Server, bytes.Slice(20, 4), at + 20);
            sink.Ip(Fields.Relay, bytes.Slice(24, 4), at + 24);
        }

        if (bytes[1] == 1 && bytes[2] == 6)
        {
            sink.Mac(Fields.Mac, bytes.Slice(28, 6), at + 28);
        }

        if (bytes.Length >= FixedSize + 4 && BinaryPrimitives.ReadUInt32BigEndian(bytes[FixedSize..]) == MagicCookie)
        {
            // RFC 2132, 9.3: the fields of the boot file's and the server's name may hold further options, in that order.
            int seen = 0;
            int overload = DescribeOptions(bytes, FixedSize + 4, at, ref seen, sink);
            if ((overload & 1) != 0)
            {
                DescribeOptions(bytes[..FixedSize], FileAt, at, ref seen, sink);
            }

            if ((overload & 2) != 0)
            {
                DescribeOptions(bytes[..FileAt], ServerNameAt, at, ref seen, sink);
            }
        }
    }

    // Returns what the option that overloads other fields says, 0 if it is not there.
    private static int DescribeOptions(ReadOnlySpan<byte> bytes, int option, int at, ref int seen, IFieldSink sink)
    {
        int overload = 0;
        while (option < bytes.Length && bytes[option] != 255)
        {
            int code = bytes[option];
            if (code == 0)
            {
                option++;
                continue;
            }

            sink.Number(Fields.OptionType, code, at + option, 1);

            int length = option + 1 < bytes.Length ? bytes[option + 1] : 0;
            int value = option + 2;
            if (value + length > bytes.Length)
            {
                break;
            }

            // The first of an option counts: a second would be a second key of the same name.
            int bit = code switch { 12 => 1, 50 => 2, 51 => 4, 53 => 8, 54 => 16, _ => 0 };
            if (code == Overload && length == 1)
            {
                overload = bytes[value];
            }

            if ((seen & bit) == 0)
            {
                seen |= bit;
                DescribeOption(code, bytes.Slice(value, length), at + value, sink);
            }

            option = value + length;
        }

        if (option < bytes.Length && bytes[option] == 255)
        {
            // Wireshark 4.0, whose field this is, has the end as 0.
            sink.Number(Fields.OptionType, 0, at + option, 1);
        }

        return overload;
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
            case (1, 4):
                sink.Ip(Fields.SubnetMask, value, at);
                break;
            case (3 or 6, _):
                for (int i = 0; i + 4 <= value.Length; i += 4)
                {
                    sink.Ip(code == 3 ? Fields.Router : Fields.DomainNameServer, value.Slice(i, 4), at + i);
                }

                break;
            case (15, > 0):
                sink.Text(Fields.DomainName, value.TrimEnd((byte)0), at, value.Length);
                break;
            case (ClientIdentifier, 7) when value[0] == 1 && sink.WantsHidden:
                sink.Mac(Fields.Mac, value[1..], at + 1);
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
