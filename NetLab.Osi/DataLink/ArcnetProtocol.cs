using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>ARCNET as Linux captures it (RFC 1051, RFC 1201): source, destination, two bytes of offset, protocol.</summary>
internal static class ArcnetProtocol
{
    private const int Size = 5;

    // RFC 1201 adds a split flag and a sequence number; RFC 1051's two protocols have none.
    private const int SequenceSize = 3;

    public static readonly Protocol Value = new("arcnet", OsiLayer.DataLink, "ARCNET", Fields.All, Dissect);

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int type = end - offset >= Size ? dissection.Bytes[offset + 4] : 0;
        int size = type is 0xF0 or 0xF1 ? Size : Size + SequenceSize;
        if (end - offset < size)
        {
            dissection.TooShort(OsiLayer.DataLink, "ARCNET header", offset, size, end);
            return true;
        }

        if (!dissection.Add(Value, offset, size, end))
        {
            return true;
        }

        int next = offset + size;
        int etherType = type switch { 0xF0 or 0xD4 => EtherTypes.Ipv4, 0xF1 or 0xD5 => EtherTypes.Arp, 0xC4 => EtherTypes.Ipv6, _ => -1 };
        if (etherType >= 0)
        {
            dissection.Next(NumberTable.EtherType, etherType, next, end);
        }
        else
        {
            dissection.Unknown(OsiLayer.Network, "ARCNET protocol", offset + 4, type);
            dissection.Data(OsiLayer.Network, next, end);
        }

        return true;
    }

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("src", "arcnet.src", at: 0, size: 1, about: "Source"),
            Field.Number("dst", "arcnet.dst", at: 1, size: 1, about: "Destination"),
            Field.Number("protocol", "arcnet.protID", at: 4, size: 1, about: "Protocol"),
        ];
    }
}
