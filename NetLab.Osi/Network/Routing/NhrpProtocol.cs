using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>The Next Hop Resolution Protocol (RFC 2332, 5.2): the fixed part and the addresses of the common part.</summary>
internal static class NhrpProtocol
{
    private const int Size = 28;

    public static readonly Protocol Value = new("nhrp", OsiLayer.Network, "Next Hop Resolution Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Source = Field.Ipv4("source", "nhrp.src.prot.addr", about: "Address of the asker");
        public static readonly Field Destination = Field.Ipv4("destination", "nhrp.dst.prot.addr", about: "Address asked for");

        public static readonly Field[] All =
        [
            Field.Number("family", "nhrp.hdr.afn", at: 0, size: 2, about: "Family of link layer addresses"),
            Field.Number("protocol", "nhrp.hdr.pro.type", at: 2, size: 2, about: "Protocol of the addresses"),
            Field.Number("hops", "nhrp.hdr.hopcnt", at: 9, size: 1, about: "Hops left"),
            Field.Number("length", "nhrp.hdr.pktsz", at: 10, size: 2, about: "Bytes of the message"),
            Field.Number("version", "nhrp.hdr.version", at: 16, size: 1, about: "Version"),
            Field.Number("type", "nhrp.hdr.op.type", at: 17, size: 1, about: "Message", summary: true, names: static v => v switch
            {
                1 => "resolution request",
                2 => "resolution reply",
                3 => "registration request",
                4 => "registration reply",
                5 => "purge request",
                6 => "purge reply",
                7 => "error",
                _ => null,
            }),
            Source, Destination,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.AddMessage(Value, offset, Size, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;

        // Lengths of the asker's link layer address and subaddress stand in the fixed part, those of protocol addresses behind it.
        int source = Size + (bytes[18] & 0x3F) + (bytes[19] & 0x3F);
        if (bytes[20] == 4 && source + 4 <= bytes.Length)
        {
            sink.Ip(Fields.Source, bytes.Slice(source, 4), at + source);
        }

        int destination = source + bytes[20];
        if (bytes[21] == 4 && destination + 4 <= bytes.Length)
        {
            sink.Ip(Fields.Destination, bytes.Slice(destination, 4), at + destination);
        }
    }
}
