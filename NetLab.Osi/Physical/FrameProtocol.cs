using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Physical;

/// <summary>
/// Layer 1 of a captured packet. A capture does not hold the signal, so this layer is derived and never decoded: link
/// type, lengths, time, and the bits the frame would cost on an Ethernet.
/// </summary>
internal static class FrameProtocol
{
    public static readonly Protocol Value = new("frame", OsiLayer.Physical, "Frame", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field LinkType = Field.Number("link_type", names: static v => LinkTypes.NameOf((int)v));
        public static readonly Field WireBytes = Field.Number("wire_bytes", "frame.len", about: "Bytes on the wire", width: 4);
        public static readonly Field CapturedBytes = Field.Number("captured_bytes", "frame.cap_len", about: "Bytes in the capture", width: 4);
        public static readonly Field Interface = Field.Text("interface", "frame.interface_name", about: "Interface it was captured on");
        public static readonly Field Comment = Field.Text("comment", "frame.comment", about: "A note that the capture has on it");
        public static readonly Field MediumBits = Field.Number("medium_bits", names: static _ => "derived: preamble, padding, FCS and gap included");
        public static readonly Field Number = Field.Number(null, "frame.number", about: "Ordinal in the capture, from 1", width: 4);
        public static readonly Field Time = Field.Of(FieldKind.Time, null, "frame.time", "When it was captured");
        public static readonly Field TimeEpoch = Field.Of(FieldKind.Time, null, "frame.time_epoch", "When it was captured, in seconds since 1970-01-01 UTC");
        public static readonly Field TimeRelative = Field.Of(FieldKind.Duration, null, "frame.time_relative", "Time since the first packet");
        public static readonly Field TimeDelta = Field.Of(FieldKind.Duration, null, "frame.time_delta", "Time since the packet before");
        public static readonly Field Protocols = Field.Of(FieldKind.Text, null, "frame.protocols", "The protocols in it, outermost first", needsStreams: true);

        public static readonly Field[] All =
            [LinkType, WireBytes, CapturedBytes, Interface, Comment, MediumBits, Number, Time, TimeEpoch, TimeRelative, TimeDelta, Protocols];
    }

    // IEEE 802.3: preamble and start delimiter 8, frame check sequence 4, inter-packet gap 12 bytes; a frame is padded to
    // 60 bytes before its FCS.
    private const int EthernetOverhead = 8 + 4 + 12;
    private const int EthernetMinimum = 60;

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        DecodedPacket packet = view.Decoded;
        sink.Number(Fields.LinkType, packet.LinkType, 0, 0);
        sink.Number(Fields.WireBytes, packet.OriginalLength, 0, 0);
        sink.Number(Fields.CapturedBytes, packet.CapturedLength, 0, 0);
        if (packet.InterfaceName is { } name)
        {
            sink.Text(Fields.Interface, name, 0, 0);
        }

        if (packet.Comment is { } comment)
        {
            sink.Text(Fields.Comment, comment, 0, 0);
        }

        if (packet.LinkType == LinkTypes.Ethernet)
        {
            sink.Number(Fields.MediumBits, MediumBits(packet), 0, 0);
        }

        if (sink.WantsHidden)
        {
            DescribeHidden(packet, sink);
        }
    }

    private static void DescribeHidden(DecodedPacket packet, IFieldSink sink)
    {
        sink.Number(Fields.Number, packet.FrameNumber, 0, 0);
        if (packet.Time is { } time)
        {
            sink.Number(Fields.Time, time, 0, 0);
            sink.Number(Fields.TimeEpoch, time, 0, 0);
            sink.Number(Fields.TimeRelative, packet.RelativeTime, 0, 0);
            sink.Number(Fields.TimeDelta, packet.DeltaTime, 0, 0);
        }

        if (sink.Wants(Fields.Protocols))
        {
            FrameProtocols.Tell(packet, Fields.Protocols, sink);
        }
    }

    /// <summary>The bits the frame costs on an Ethernet.</summary>
    public static long MediumBits(DecodedPacket packet) => 8 * (Math.Max(packet.OriginalLength, EthernetMinimum) + EthernetOverhead);
}
