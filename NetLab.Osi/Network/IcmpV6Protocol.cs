using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>ICMPv6 (RFC 4443) with the packet that an error quotes, and the targets of neighbor discovery (RFC 4861).</summary>
internal static class IcmpV6Protocol
{
    public static readonly Protocol Value = new("icmpv6", OsiLayer.Network, "Internet Control Message Protocol for IPv6", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field IcmpType = Field.Number("icmp_type", "icmpv6.type", names: static v => NameOf((int)v), width: 1);
        public static readonly Field Code = Field.Number("code", "icmpv6.code", width: 1);
        public static readonly Field Id = Field.Number("id", "icmpv6.echo.identifier", width: 2);
        public static readonly Field Seq = Field.Number("seq", "icmpv6.echo.sequence_number", width: 2);
        public static readonly Field Target = Field.Of(FieldKind.Ip, "target");
        public static readonly Field SolicitedTarget = Field.Ipv6(null, "icmpv6.nd.ns.target_address", about: "Whose hardware address is asked for");
        public static readonly Field AdvertisedTarget = Field.Ipv6(null, "icmpv6.nd.na.target_address", about: "Whose hardware address is told");
        public static readonly Field RedirectTarget = Field.Ipv6(null, "icmpv6.rd.na.target_address", about: "The better next hop");
        public static readonly Field ChecksumOk = Field.Flag("checksum_ok");

        public static readonly Field[] All = [IcmpType, Code, Id, Seq, Target, SolicitedTarget, AdvertisedTarget, RedirectTarget, ChecksumOk];
    }

    private const int Size = 8;
    private const int FirstInformational = 128;
    private const int NeighborSolicitation = 135;
    private const int NeighborAdvertisement = 136;
    private const int Redirect = 137;
    private const int ExtendedEcho = 160;
    private const int ExtendedEchoReply = 161;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < 4)
        {
            dissection.TooShort(OsiLayer.Network, "ICMPv6 header", offset, Size, end);
            return true;
        }

        int header = Math.Min(Size, end - offset);
        if (!dissection.Add(Value, offset, header, end))
        {
            return true;
        }

        if (header < Size)
        {
            dissection.TooShort(OsiLayer.Network, "ICMPv6 header", offset, Size, end);
        }
        else if (dissection.Bytes[offset] < FirstInformational && end > offset + Size)
        {
            dissection.AsQuoted().NextIp(offset + Size, end);
        }
        else
        {
            dissection.Data(OsiLayer.Network, offset + Size, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int type = bytes[0];
        sink.Number(Fields.IcmpType, type, at, 1);
        sink.Number(Fields.Code, bytes[1], at + 1, 1);
        if (type is ExtendedEcho or ExtendedEchoReply && bytes.Length >= Size)
        {
            // RFC 8335, 2 and 3: the sequence number is one byte.
            sink.Number(Fields.Id, BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), at + 4, 2);
            sink.Number(Fields.Seq, bytes[6], at + 6, 1);
        }
        else if (type is 128 or 129 && bytes.Length >= Size)
        {
            sink.Number(Fields.Id, BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]), at + 4, 2);
            sink.Number(Fields.Seq, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), at + 6, 2);
        }
        else if (type is NeighborSolicitation or NeighborAdvertisement or Redirect && bytes.Length >= Size + 16)
        {
            sink.Ip(Fields.Target, bytes.Slice(Size, 16), at + Size);
            if (sink.WantsHidden)
            {
                Field field = type switch { NeighborSolicitation => Fields.SolicitedTarget, NeighborAdvertisement => Fields.AdvertisedTarget, _ => Fields.RedirectTarget };
                sink.Ip(field, bytes.Slice(Size, 16), at + Size);
            }
        }

        if (view[index].IsWhole)
        {
            sink.Flag(Fields.ChecksumOk, InternetChecksum.IsRight(view, index, IpProtocols.IcmpV6), at + 2, 2);
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
        Redirect => "redirect",
        143 => "multicast listener report (version 2)",
        144 => "home agent address discovery request",
        145 => "home agent address discovery reply",
        146 => "mobile prefix solicitation",
        147 => "mobile prefix advertisement",
        151 => "multicast router advertisement",
        152 => "multicast router solicitation",
        153 => "multicast router termination",
        155 => "RPL control",
        ExtendedEcho => "extended echo request",
        ExtendedEchoReply => "extended echo reply",
        _ => null,
    };
}
