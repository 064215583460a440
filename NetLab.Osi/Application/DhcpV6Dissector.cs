using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Application;

/// <summary>DHCPv6 (RFC 8415).</summary>
internal static class DhcpV6Dissector
{
    public const int ClientPort = 546;
    public const int ServerPort = 547;

    private const int Size = 4;
    private const int RelaySize = 34;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.Application, "DHCPv6 header", offset, Size, end);
            dissection.Data(OsiLayer.Application, offset, end);
            return;
        }

        dissection.Add(ProtocolId.DhcpV6, OsiLayer.Application, offset, end - offset, end);
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int type = bytes[0];
        sink.Number("msg_type"u8, type, at, 1, NameOf(type));
        if (type is 12 or 13)
        {
            // RFC 8415, 9: a relay's message has addresses where others have a transaction.
            if (bytes.Length >= RelaySize)
            {
                sink.Ip("link"u8, bytes.Slice(2, 16), at + 2);
                sink.Ip("peer"u8, bytes.Slice(18, 16), at + 18);
            }

            return;
        }

        sink.Number("xid"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0xFF_FFFF, at + 1, 3);
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
