using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>What Juniper routers put before a captured packet (LINKTYPE_JUNIPER_…): magic, flags, extensions, then the packet of the interface.</summary>
internal static class JuniperProtocol
{
    private const int MinSize = 4;
    private const int Magic = 0x4D4743;
    private const int HasExtensions = 0x80;
    private const int NoLinkHeader = 0x02;
    private const int EthernetLink = 1;
    private const int ChdlcLink = 104;
    private const int PppLink = 9;

    public static readonly Protocol Ethernet = Make(EthernetLink);
    public static readonly Protocol Ppp = Make(PppLink);
    public static readonly Protocol Chdlc = Make(ChdlcLink);
    public static readonly Protocol Other = Make(-1);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("magic", "juniper.magic-number", at: 0, size: 3, about: "Magic number"),
            Field.Number("direction", "juniper.direction", at: 3, size: 1, mask: 0x01, about: "0 sent, 1 received"),
        ];
    }

    private static Protocol Make(int link)
    {
        Protocol? protocol = null;
        protocol = new Protocol("juniper", OsiLayer.DataLink, "Juniper capture header", Fields.All, (in Dissection dissection, int offset, int end) => Dissect(protocol!, link, dissection, offset, end));
        return protocol;
    }

    private static bool Dissect(Protocol protocol, int link, in Dissection dissection, int offset, int end)
    {
        if (end - offset < MinSize)
        {
            dissection.TooShort(OsiLayer.DataLink, "Juniper header", offset, MinSize, end);
            return true;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int magic = (bytes[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]);
        if (magic != Magic)
        {
            dissection.Malformed(OsiLayer.DataLink, "Juniper magic number", offset, magic);
            dissection.Data(OsiLayer.DataLink, offset, end);
            return true;
        }

        int size = MinSize;
        if ((bytes[3] & HasExtensions) != 0)
        {
            size += 2 + (bytes.Length < MinSize + 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(bytes[MinSize..]));
        }

        // Without a link header the family of the packet stands in four bytes.
        bool hasLink = (bytes[3] & NoLinkHeader) == 0;
        size += hasLink ? 0 : 4;
        if (size > bytes.Length)
        {
            dissection.Cut(protocol, "Juniper header", offset, size, end);
            return true;
        }

        if (dissection.Add(protocol, offset, size, end) && offset + size < end)
        {
            DissectPacket(dissection, hasLink ? link : 0, offset + size, end);
        }

        return true;
    }

    private static void DissectPacket(in Dissection dissection, int link, int offset, int end)
    {
        if (link > 0)
        {
            dissection.Next(NumberTable.LinkType, link, offset, end);
        }
        else if (dissection.Bytes[offset] >> 4 is 4 or 6)
        {
            dissection.NextIp(offset, end);
        }
        else
        {
            dissection.Data(OsiLayer.DataLink, offset, end);
        }
    }
}
