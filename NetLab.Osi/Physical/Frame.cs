using NetLab.Osi.Layers;

namespace NetLab.Osi.Physical;

/// <summary>
/// Layer 1 of a captured packet. A capture does not hold the signal, so this layer is derived and never decoded: link
/// type, lengths, time, and the bits the frame would cost on an Ethernet.
/// </summary>
internal static class Frame
{
    // IEEE 802.3: preamble and start delimiter 8, frame check sequence 4, inter-packet gap 12 bytes; a frame is padded to
    // 60 bytes before its FCS.
    private const int EthernetOverhead = 8 + 4 + 12;
    private const int EthernetMinimum = 60;

    public static void Describe(DecodedPacket packet, IFieldSink sink)
    {
        sink.Number("link_type", packet.LinkType, 0, 0, DataLink.LinkTypes.NameOf(packet.LinkType));
        sink.Number("wire_bytes", packet.OriginalLength, 0, 0);
        sink.Number("captured_bytes", packet.CapturedLength, 0, 0);
        if (packet.InterfaceName is { } name)
        {
            sink.Text("interface", name, 0, 0);
        }

        if (packet.LinkType == DataLink.LinkTypes.Ethernet)
        {
            long bits = 8 * (Math.Max(packet.OriginalLength, EthernetMinimum) + EthernetOverhead);
            sink.Number("medium_bits", bits, 0, 0, "derived: preamble, padding, FCS and gap included");
        }
    }
}
