using NetLab.Osi.Layers;

namespace NetLab.Osi.DataLink;

/// <summary>Ethernet II and IEEE 802.3.</summary>
internal static class EthernetDissector
{
    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (!EthernetHeader.TryRead(dissection.Packet[offset..end], out EthernetHeader header))
        {
            dissection.Short(OsiLayer.DataLink, "Ethernet header", offset, EthernetHeader.Size, end);
            return;
        }

        int next = offset + EthernetHeader.Size;
        dissection.Add(ProtocolId.Ethernet, OsiLayer.DataLink, offset, EthernetHeader.Size, end);
        if (header.HasLength)
        {
            dissection.Unknown(OsiLayer.DataLink, "IEEE 802.2 LLC", next);
            dissection.Data(OsiLayer.DataLink, next, end);
            return;
        }

        EtherTypes.Dissect(dissection, header.TypeOrLength, next, end);
    }

    public static void Describe(ReadOnlySpan<byte> packet, in LayerEntry entry, IFieldSink sink)
    {
        EthernetHeader.TryRead(packet[entry.Offset..], out EthernetHeader header);
        sink.Text("dst", AddressText.Mac(header.Destination), entry.Offset, 6);
        sink.Text("src", AddressText.Mac(header.Source), entry.Offset + 6, 6);
        if (header.HasLength)
        {
            sink.Number("length", header.TypeOrLength, entry.Offset + 12, 2);
        }
        else
        {
            sink.Number("type", header.TypeOrLength, entry.Offset + 12, 2, EtherTypes.NameOf(header.TypeOrLength));
        }
    }
}
