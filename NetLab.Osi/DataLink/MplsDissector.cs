using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.DataLink;

/// <summary>MPLS (RFC 3032): one layer a label. What the last label carries is not said: its first bits tell.</summary>
internal static class MplsDissector
{
    private const int Size = 4;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        bool isBottom = false;
        while (!isBottom)
        {
            if (end - offset < Size)
            {
                dissection.Short(OsiLayer.DataLink, "MPLS label", offset, Size, end);
                return;
            }

            isBottom = (dissection.Bytes[offset + 2] & 1) != 0;
            if (!dissection.Add(ProtocolId.Mpls, OsiLayer.DataLink, offset, Size, end))
            {
                return;
            }

            offset += Size;
        }

        int first = offset < end ? dissection.Bytes[offset] >> 4 : -1;
        if (first is 4 or 6)
        {
            IpProtocols.DissectByVersion(dissection, offset, end);
        }
        else if (first == 0 && end - offset > Size + EthernetHeader.Size)
        {
            // RFC 4385, 3: a control word begins with 0; behind it, in practice, stands Ethernet (RFC 4448).
            EthernetDissector.Dissect(dissection, offset + Size, end);
        }
        else
        {
            dissection.Data(OsiLayer.Network, offset, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        int at = view[index].Offset;
        uint word = BinaryPrimitives.ReadUInt32BigEndian(view.BytesOf(index));
        sink.Number("label"u8, word >> 12, at, 4);
        sink.Number("tc"u8, (word >> 9) & 7, at, 4);
        sink.Flag("bottom"u8, ((word >> 8) & 1) != 0, at, 4);
        sink.Number("ttl"u8, word & 0xFF, at, 4);
    }
}
