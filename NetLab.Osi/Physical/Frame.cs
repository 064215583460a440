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
        sink.Number("link_type"u8, packet.LinkType, 0, 0, DataLink.LinkTypes.NameOf(packet.LinkType));
        sink.Number("wire_bytes"u8, packet.OriginalLength, 0, 0);
        sink.Number("captured_bytes"u8, packet.CapturedLength, 0, 0);
        if (packet.InterfaceName is { } name)
        {
            sink.Text("interface"u8, name, 0, 0);
        }

        if (packet.Comment is { } comment)
        {
            sink.Text("comment"u8, comment, 0, 0);
        }

        if (packet.LinkType == DataLink.LinkTypes.Ethernet)
        {
            sink.Number("medium_bits"u8, MediumBits(packet), 0, 0, "derived: preamble, padding, FCS and gap included");
        }
    }

    /// <summary>The bits the frame costs on an Ethernet.</summary>
    public static long MediumBits(DecodedPacket packet) => 8 * (Math.Max(packet.OriginalLength, EthernetMinimum) + EthernetOverhead);
}
