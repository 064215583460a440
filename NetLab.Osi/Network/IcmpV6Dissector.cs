using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>ICMPv6 (RFC 4443) with the packet that an error quotes, and the targets of neighbor discovery (RFC 4861).</summary>
internal static class IcmpV6Dissector
{
    private const int Size = 8;
    private const int FirstInformational = 128;
    private const int NeighborSolicitation = 135;
    private const int NeighborAdvertisement = 136;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 4)
        {
            dissection.Short(OsiLayer.Network, "ICMPv6 header", offset, Size, end);
            return;
        }

        int header = Math.Min(Size, end - offset);
        if (!dissection.Add(ProtocolId.IcmpV6, OsiLayer.Network, offset, header, end))
        {
            return;
        }

        if (header < Size)
        {
            dissection.Short(OsiLayer.Network, "ICMPv6 header", offset, Size, end);
        }
        else if (dissection.Bytes[offset] < FirstInformational && end > offset + Size)
        {
            IpProtocols.DissectByVersion(dissection.AsQuoted(), offset + Size, end);
        }
        else
        {
            dissection.Data(OsiLayer.Network, offset + Size, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int type = bytes[0];
        sink.Number("icmp_type"u8, type, at, 1, NameOf(type));
        sink.Number("code"u8, bytes[1], at + 1, 1);
        if (type is 128 or 129 && bytes.Length >= Size)
        {
            sink.Number("id"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), at + 4, 2);
            sink.Number("seq"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), at + 6, 2);
        }
        else if (type is NeighborSolicitation or NeighborAdvertisement && bytes.Length >= Size + 16)
        {
            sink.Ip("target"u8, bytes.Slice(Size, 16), at + Size);
        }

        if (view[index].IsWhole)
        {
            sink.Flag("checksum_ok"u8, InternetChecksum.IsRight(view, index, IpProtocols.IcmpV6), at + 2, 2);
        }
    }

    private static string? NameOf(int type) => type switch
    {
        1 => "destination unreachable",
        2 => "packet too big",
        3 => "time exceeded",
        4 => "parameter problem",
        128 => "echo request",
        129 => "echo reply",
        130 => "multicast listener query",
        131 => "multicast listener report",
        132 => "multicast listener done",
        133 => "router solicitation",
        134 => "router advertisement",
        NeighborSolicitation => "neighbor solicitation",
        NeighborAdvertisement => "neighbor advertisement",
        137 => "redirect",
        143 => "multicast listener report (version 2)",
        _ => null,
    };
}
