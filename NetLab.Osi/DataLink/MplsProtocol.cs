using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>MPLS (RFC 3032): one layer a label. What the last label carries is not said: its first bits tell.</summary>
internal static class MplsProtocol
{
    public static readonly Protocol Value = new("mpls", OsiLayer.DataLink, "MPLS label", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Label = Field.Number("label", "mpls.label", width: 4);
        public static readonly Field Tc = Field.Number("tc", "mpls.exp", width: 4);
        public static readonly Field Bottom = Field.Flag("bottom", "mpls.bottom");
        public static readonly Field Ttl = Field.Number("ttl", "mpls.ttl", width: 4);

        public static readonly Field[] All = [Label, Tc, Bottom, Ttl];
    }

    private const int Size = 4;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        bool isBottom = false;
        while (!isBottom)
        {
            if (end - offset < Size)
            {
                dissection.TooShort(OsiLayer.DataLink, "MPLS label", offset, Size, end);
                return true;
            }

            isBottom = (dissection.Bytes[offset + 2] & 1) != 0;
            if (!dissection.Add(Value, offset, Size, end))
            {
                return true;
            }

            offset += Size;
        }

        int first = offset < end ? dissection.Bytes[offset] >> 4 : -1;
        if (first is 4 or 6)
        {
            dissection.NextIp(offset, end);
        }
        else if (first == 0 && end - offset > Size + EthernetHeader.Size)
        {
            // RFC 4385, 3: a control word begins with 0; behind it, in practice, stands Ethernet (RFC 4448).
            EthernetProtocol.Dissect(dissection, offset + Size, end);
        }
        else
        {
            dissection.Data(OsiLayer.Network, offset, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        int at = view[index].Offset;
        uint word = BinaryPrimitives.ReadUInt32BigEndian(view.BytesOf(index));
        sink.Number(Fields.Label, word >> 12, at, 4);
        sink.Number(Fields.Tc, (word >> 9) & 7, at, 4);
        sink.Flag(Fields.Bottom, ((word >> 8) & 1) != 0, at, 4);
        sink.Number(Fields.Ttl, word & 0xFF, at, 4);
    }
}
