using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>DHCP (RFC 2131, RFC 2132), and the BOOTP it grew from (RFC 951).</summary>
internal static class DhcpDissector
{
    public const int ServerPort = 67;
    public const int ClientPort = 68;

    private const int FixedSize = 236;

    // Up to the hardware address: names of server and boot file come after it, and are often cut.
    private const int AddressesSize = 44;
    private const uint MagicCookie = 0x6382_5363;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < AddressesSize)
        {
            dissection.Short(OsiLayer.Application, "DHCP header", offset, FixedSize, end);
            dissection.Data(OsiLayer.Application, offset, end);
            return;
        }

        dissection.Add(ProtocolId.Dhcp, OsiLayer.Application, offset, end - offset, end);
        if (end - offset < FixedSize)
        {
            dissection.Short(OsiLayer.Application, "DHCP header", offset, FixedSize, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("op"u8, bytes[0], at, 1, bytes[0] switch { 1 => "request", 2 => "reply", _ => null });
        sink.Number("xid"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
        sink.Ip("ciaddr"u8, bytes.Slice(12, 4), at + 12);
        sink.Ip("yiaddr"u8, bytes.Slice(16, 4), at + 16);
        if (bytes[1] == 1 && bytes[2] == 6)
        {
            sink.Mac("mac"u8, bytes.Slice(28, 6), at + 28);
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
                sink.Text("hostname"u8, value.TrimEnd((byte)0), at, value.Length);
                break;
            case (50, 4):
                sink.Ip("requested_ip"u8, value, at);
                break;
            case (51, 4):
                sink.Number("lease"u8, BinaryPrimitives.ReadUInt32BigEndian(value), at, 4, "seconds");
                break;
            case (53, 1):
                sink.Number("msg_type"u8, value[0], at, 1, MessageName(value[0]));
                break;
            case (54, 4):
                sink.Ip("server_id"u8, value, at);
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
