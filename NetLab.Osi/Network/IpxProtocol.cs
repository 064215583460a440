using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>Novell's Internetwork Packet Exchange.</summary>
internal static class IpxProtocol
{
    private const int Size = 30;

    public static readonly Protocol Value = new("ipx", OsiLayer.Network, "Internetwork Packet Exchange", Fields.All, Dissect);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number(null, "ipx.checksum", at: 0, size: 2, about: "Checksum; ones for none"),
            Field.Number("length", "ipx.len", at: 2, size: 2, about: "Bytes of the packet"),
            Field.Number("hops", "ipx.hops", at: 4, size: 1, about: "Routers passed"),
            Field.Number("type", "ipx.packet_type", at: 5, size: 1, about: "Type", names: static v => v switch { 1 => "RIP", 4 => "packet exchange", 5 => "SPX", 17 => "NCP", 20 => "NetBIOS", _ => null }),
            Field.Number("dst_net", "ipx.dst.net", at: 6, size: 4, about: "Destination network"),
            Field.Mac("dst", "ipx.dst.node", at: 10, about: "Destination"),
            Field.Number("dst_socket", "ipx.dst.socket", at: 16, size: 2, about: "Destination socket"),
            Field.Number("src_net", "ipx.src.net", at: 18, size: 4, about: "Source network"),
            Field.Mac("src", "ipx.src.node", at: 22, about: "Source"),
            Field.Number("src_socket", "ipx.src.socket", at: 28, size: 2, about: "Source socket"),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int length = end - offset < Size ? Size : (dissection.Bytes[offset + 2] << 8) | dissection.Bytes[offset + 3];
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.Network, "IPX header", offset, Size, end);
            return true;
        }

        if (length < Size)
        {
            dissection.Add(Value, offset, Size, offset + Size);
            dissection.Malformed(OsiLayer.Network, "IPX length", offset + 2, length);
            return true;
        }

        int payloadEnd = Math.Min(end, offset + length);
        Dissection inside = dissection.Until(offset + length);
        if (inside.Add(Value, offset, Size, payloadEnd))
        {
            inside.Data(OsiLayer.Transport, offset + Size, payloadEnd);
        }

        if (offset + length > end)
        {
            dissection.TooShort(OsiLayer.Network, "IPX length", offset, length, end);
        }

        return true;
    }
}
