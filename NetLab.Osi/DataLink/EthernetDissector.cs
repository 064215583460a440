using NetLab.Osi.Layers;

namespace NetLab.Osi.DataLink;

/// <summary>Ethernet II and IEEE 802.3.</summary>
internal static class EthernetDissector
{
    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (!EthernetHeader.TryRead(dissection.Bytes[offset..end], out EthernetHeader header))
        {
            dissection.Cut(ProtocolId.Ethernet, OsiLayer.DataLink, "Ethernet header", offset, EthernetHeader.Size, end);
            return;
        }

        int next = offset + EthernetHeader.Size;
        if (dissection.Add(ProtocolId.Ethernet, OsiLayer.DataLink, offset, EthernetHeader.Size, end))
        {
            EtherTypes.DissectTypeOrLength(dissection, header.TypeOrLength, next, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        int at = view[index].Offset;
        if (!EthernetHeader.TryRead(view.BytesOf(index), out EthernetHeader header))
        {
            return;
        }

        sink.Mac("dst"u8, header.Destination, at);
        sink.Mac("src"u8, header.Source, at + 6);
        if (header.HasLength)
        {
            sink.Number("length"u8, header.TypeOrLength, at + 12, 2);
        }
        else
        {
            sink.Number("type"u8, header.TypeOrLength, at + 12, 2, EtherTypes.NameOf(header.TypeOrLength));
        }
    }
}
