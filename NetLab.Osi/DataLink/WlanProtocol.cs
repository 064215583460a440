using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>IEEE 802.11 (9.2 and 9.3): the header of every frame, and what data frames carry unless it is encrypted.</summary>
internal static class WlanProtocol
{
    public static readonly Protocol Value = new("wlan", OsiLayer.DataLink, "IEEE 802.11", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Subtype = Field.Number("subtype", "wlan.fc.type_subtype", names: static v => WlanNames.Of((int)v), about: "Type and subtype", summary: true, width: 2);
        public static readonly Field Ds = Field.Number("ds", "wlan.fc.ds", about: "1 to, 2 from the distribution system, 3 both", width: 1);
        public static readonly Field Retry = Field.Flag("retry", "wlan.fc.retry", about: "Sent again");
        public static readonly Field Protected = Field.Flag("protected", "wlan.fc.protected", about: "Encrypted");
        public static readonly Field Receiver = Field.Mac("receiver", "wlan.ra", about: "Receiver");
        public static readonly Field Transmitter = Field.Mac("transmitter", "wlan.ta", about: "Transmitter");
        public static readonly Field Destination = Field.Mac("dst", "wlan.da", about: "Destination");
        public static readonly Field Source = Field.Mac("src", "wlan.sa", about: "Source");
        public static readonly Field Bssid = Field.Mac("bssid", "wlan.bssid", about: "Basic service set");
        public static readonly Field Sequence = Field.Number("seq", "wlan.seq", about: "Sequence number", width: 2);
        public static readonly Field FragmentNumber = Field.Number("frag", "wlan.frag", about: "Fragment number", width: 2);
        public static readonly Field Name = Field.Text("ssid", about: "Name of the network", summary: true);
        public static readonly Field NameBytes = Field.Bytes(null, "wlan.ssid", about: "Name of the network, as bytes");
        public static readonly Field Channel = Field.Number("channel", "wlan.ds.current_channel", about: "Channel", width: 1);
        public static readonly Field Address = Field.Either("wlan.addr", Receiver, Transmitter, Destination, Source, Bssid);

        public static readonly Field[] All =
            [Subtype, Ds, Retry, Protected, Receiver, Transmitter, Destination, Source, Bssid, Sequence, FragmentNumber, Name, NameBytes, Channel, Address];
    }

    private const int MinSize = 10;
    private const int SequenceAt = 22;
    private const int Management = 0;
    private const int Control = 1;
    private const int DataFrame = 2;
    private const int SubframeHeader = 14;
    private const int FromDistribution = 0x0200;
    private const int MoreFragments = 0x0400;
    private const int IsProtected = 0x4000;
    private const int HasHtControl = 0x8000;

    public static bool Dissect(in Dissection dissection, int offset, int end) => Dissect(dissection, offset, end, isPadded: false);

    /// <summary>Takes a frame apart.</summary>
    /// <param name="dissection">The packet.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="end">Where its bytes end.</param>
    /// <param name="isPadded">Whether the receiver filled the header up to a multiple of four bytes.</param>
    public static bool Dissect(in Dissection dissection, int offset, int end, bool isPadded)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.Length < 2)
        {
            dissection.TooShort(OsiLayer.DataLink, "802.11 header", offset, MinSize, end);
            return true;
        }

        int control = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        int length = LengthOf(control);
        if (!dissection.Add(Value, offset, Math.Min(length, bytes.Length), end))
        {
            return true;
        }

        if (length > bytes.Length)
        {
            dissection.TooShort(OsiLayer.DataLink, "802.11 header", offset, length, end);
            return true;
        }

        // Bit 2 of a data subtype: no data. A protected frame can be read by nobody; of a frame in fragments only the whole could be.
        int subtype = (control >> 4) & 15;
        bool carries = ((control >> 2) & 3) == DataFrame && (subtype & 4) == 0;
        int body = Math.Min(end, offset + (isPadded ? (length + 3) & ~3 : length));
        if (!carries || (control & IsProtected) != 0 || (control & MoreFragments) != 0 || (bytes[SequenceAt] & 15) != 0)
        {
            dissection.Data(OsiLayer.DataLink, body, end);
            return true;
        }

        bool hasQos = (subtype & 8) != 0;
        int qos = hasQos ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[QosOffset(control)..]) : 0;
        if ((qos & 0x80) != 0)
        {
            DissectSubframes(dissection, body, end);
        }
        else
        {
            DissectBody(dissection, offset, body + MeshLength(control, qos, dissection.Bytes[body..end]), end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> frame = view.BytesOf(index);
        ReadOnlySpan<byte> header = frame[..view[index].HeaderLength];
        int at = view[index].Offset;
        int control = BinaryPrimitives.ReadUInt16LittleEndian(header);
        int type = (control >> 2) & 3;
        int subtype = (control >> 4) & 15;
        bool isExtended = type == Control && subtype == WlanControl.Extension;
        sink.Number(Fields.Subtype, isExtended ? 0x160 | ((control >> 8) & 15) : (type << 4) | subtype, at, isExtended ? 2 : 1);
        if (!isExtended && (type != 3 || subtype == 0))
        {
            sink.Number(Fields.Ds, (control >> 8) & 3, at + 1, 1);
            sink.Flag(Fields.Retry, (control & 0x0800) != 0, at + 1, 1);
            sink.Flag(Fields.Protected, (control & IsProtected) != 0, at + 1, 1);
        }

        WlanAddresses addresses = WlanAddresses.Of(header);
        Report(Fields.Receiver, addresses.Receiver, header, at, sink);
        Report(Fields.Transmitter, addresses.Transmitter, header, at, sink);
        Report(Fields.Destination, addresses.Destination, header, at, sink);
        Report(Fields.Source, addresses.Source, header, at, sink);
        Report(Fields.Bssid, addresses.Bssid, header, at, sink);
        if (type is Management or DataFrame && header.Length >= SequenceAt + 2)
        {
            int sequence = BinaryPrimitives.ReadUInt16LittleEndian(header[SequenceAt..]);
            sink.Number(Fields.Sequence, sequence >> 4, at + SequenceAt, 2);
            sink.Number(Fields.FragmentNumber, sequence & 15, at + SequenceAt, 1);
        }

        if (type == Management && (control & IsProtected) == 0 && WlanElements.FirstAt(subtype) is >= 0 and var first)
        {
            DescribeElements(frame[header.Length..], first, at + header.Length, sink);
        }
    }

    private static void DescribeElements(ReadOnlySpan<byte> body, int first, int at, IFieldSink sink)
    {
        bool isNamed = false;
        bool hasChannel = false;
        var elements = new WlanElements(body, first);
        while (elements.MoveNext())
        {
            int valueAt = at + elements.Offset + 2;
            if (elements.Id == WlanElements.ServiceSetName && !isNamed)
            {
                isNamed = true;
                sink.Text(Fields.Name, elements.Value, valueAt, elements.Value.Length);
                if (sink.WantsHidden)
                {
                    sink.Bytes(Fields.NameBytes, elements.Value, valueAt);
                }
            }
            else if (elements.Id == WlanElements.Channel && elements.Value.Length == 1 && !hasChannel)
            {
                hasChannel = true;
                sink.Number(Fields.Channel, elements.Value[0], valueAt, 1);
            }
        }
    }

    private static void Report(Field field, int place, ReadOnlySpan<byte> header, int at, IFieldSink sink)
    {
        if (place > 0 && header.Length >= place + 6)
        {
            sink.Mac(field, header.Slice(place, 6), at + place);
        }
    }

    private static int LengthOf(int control)
    {
        int subtype = (control >> 4) & 15;

        // Bit 15, +HTC: four bytes of HT control in management and QoS data frames.
        int htControl = (control & HasHtControl) != 0 ? 4 : 0;
        return ((control >> 2) & 3) switch
        {
            Management => 24 + htControl,
            Control => WlanControl.HeaderLength(subtype),
            DataFrame => QosOffset(control) + ((subtype & 8) != 0 ? 2 + htControl : 0),
            _ => MinSize,
        };
    }

    // A frame from one distribution system to another has a fourth address.
    private static int QosOffset(int control) => 24 + ((control & 0x0300) == 0x0300 ? 6 : 0);

    // IEEE 802.11-2020, 9.2.4.5.8 and 9.2.4.8.3: flags, time to live, sequence, and up to two more addresses. Bit 8 of the QoS
    // field says so in a mesh, and something else elsewhere: the reserved bits of the flags tell the two apart.
    private static int MeshLength(int control, int qos, ReadOnlySpan<byte> body)
    {
        const int MeshHeader = 6;
        if ((qos & 0x100) == 0 || (control & FromDistribution) == 0 || body.Length < MeshHeader || body[0] >= 3)
        {
            return 0;
        }

        int length = MeshHeader + (6 * body[0]);
        return length <= body.Length ? length : 0;
    }

    private static void DissectBody(in Dissection dissection, int frame, int offset, int end)
    {
        ReadOnlySpan<byte> body = dissection.Bytes[offset..end];
        if (body.Length >= EthernetHeader.Size && body[0] != 0xAA)
        {
            // Some senders put an Ethernet header where LLC belongs: it repeats an address of the frame.
            WlanAddresses addresses = WlanAddresses.Of(dissection.Bytes[frame..]);
            if (body.Slice(6, 6).SequenceEqual(dissection.Bytes.Slice(frame + addresses.Source, 6))
                || body[..6].SequenceEqual(dissection.Bytes.Slice(frame + addresses.Destination, 6)))
            {
                EthernetProtocol.Dissect(dissection, offset, end);
                return;
            }
        }

        if (!body.IsEmpty)
        {
            LlcProtocol.Dissect(dissection, offset, end);
        }
    }

    private static void DissectSubframes(in Dissection dissection, int offset, int end)
    {
        while (end - offset > SubframeHeader)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 12)..]);
            int start = offset + SubframeHeader;
            if (length == 0 || start + length > end)
            {
                dissection.TooShort(OsiLayer.DataLink, "A-MSDU subframe length", offset, SubframeHeader + length, end);
                return;
            }

            LlcProtocol.Dissect(dissection.Until(start + length), start, start + length);
            offset = start + ((length + SubframeHeader + 3) & ~3) - SubframeHeader;
        }
    }
}
