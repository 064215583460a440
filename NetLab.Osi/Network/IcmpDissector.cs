using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>ICMP (RFC 792) and ICMPv6 (RFC 4443, RFC 4861).</summary>
internal static class IcmpDissector
{
    private const int Size = 8;

    public static void Dissect(in Dissection dissection, ProtocolId protocol, int offset, int end)
    {
        if (end - offset < 4)
        {
            dissection.Short(OsiLayer.Network, "ICMP header", offset, 4, end);
            return;
        }

        dissection.Add(protocol, OsiLayer.Network, offset, Math.Min(Size, end - offset), end);
    }

    public static void Describe(ReadOnlySpan<byte> packet, in LayerEntry entry, LayerEntry? carrier, IFieldSink sink)
    {
        bool isV6 = entry.Protocol == ProtocolId.IcmpV6;
        int at = entry.Offset;
        int type = packet[at];
        sink.Number("icmp_type", type, at, 1, NameOf(type, isV6));
        sink.Number("code", packet[at + 1], at + 1, 1);
        bool isEcho = isV6 ? type is 128 or 129 : type is 0 or 8;
        if (isEcho && entry.Length >= Size)
        {
            sink.Number("id", BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 4)..]), at + 4, 2);
            sink.Number("seq", BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 6)..]), at + 6, 2);
        }

        if (isV6 && type is 135 or 136 && entry.Length >= 24)
        {
            sink.Text("target", AddressText.Ip(packet.Slice(at + 8, 16)), at + 8, 16);
        }

        if (IsWhole(packet, entry, carrier))
        {
            bool right = isV6
                ? InternetChecksum.IsRight(packet, entry, carrier, Ip.Protocols.IcmpV6)
                : InternetChecksum.IsRight(packet.Slice(at, entry.Length));
            sink.Flag("checksum_ok", right, at + 2, 2);
        }
    }

    /// <summary>Whether all that the carrying IP packet claims to hold was captured.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> packet, in LayerEntry entry, LayerEntry? carrier)
    {
        int? claimed = carrier?.Protocol switch
        {
            ProtocolId.Ipv4 => BinaryPrimitives.ReadUInt16BigEndian(packet[(carrier.Value.Offset + 2)..]),
            ProtocolId.Ipv6 => Ipv6Header.Size + BinaryPrimitives.ReadUInt16BigEndian(packet[(carrier.Value.Offset + 4)..]),
            _ => null,
        };
        return claimed is { } bytes && carrier!.Value.Offset + bytes <= entry.Offset + entry.Length;
    }

    private static string? NameOf(int type, bool isV6) => (isV6, type) switch
    {
        (false, 0) or (true, 129) => "echo reply",
        (false, 8) or (true, 128) => "echo request",
        (false, 3) or (true, 1) => "destination unreachable",
        (false, 11) or (true, 3) => "time exceeded",
        (true, 2) => "packet too big",
        (true, 133) => "router solicitation",
        (true, 134) => "router advertisement",
        (true, 135) => "neighbor solicitation",
        (true, 136) => "neighbor advertisement",
        _ => null,
    };
}
