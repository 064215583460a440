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
        public static readonly Field Subtype = Field.Number("subtype", "wlan.fc.type_subtype", names: static v => NameOf((int)v));
        public static readonly Field Retry = Field.Flag("retry");
        public static readonly Field Protected = Field.Flag("protected");
        public static readonly Field Receiver = Field.Mac("receiver");
        public static readonly Field Transmitter = Field.Mac("transmitter");

        public static readonly Field[] All = [Subtype, Retry, Protected, Receiver, Transmitter];
    }

    private const int MinSize = 10;
    private const int Management = 0;
    private const int Control = 1;
    private const int DataFrame = 2;
    private const int SubframeHeader = 14;

    public static bool Dissect(in Dissection dissection, int offset, int end)
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

        int type = (control >> 2) & 3;
        int subtype = (control >> 4) & 15;

        // Bit 2 of a data subtype: no data. Bit 14 of the control field: protected, so nobody can read on.
        bool carries = type == DataFrame && (subtype & 4) == 0;
        if (!carries || (control & 0x4000) != 0)
        {
            dissection.Data(OsiLayer.DataLink, offset + length, end);
            return true;
        }

        bool hasQos = (subtype & 8) != 0;
        bool aggregated = hasQos && (bytes[QosOffset(control)] & 0x80) != 0;
        if (aggregated)
        {
            DissectSubframes(dissection, offset + length, end);
        }
        else
        {
            LlcProtocol.Dissect(dissection, offset + length, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int control = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        int subtype = ((control >> 2) & 3) << 4 | ((control >> 4) & 15);
        sink.Number(Fields.Subtype, subtype, at, 1);
        sink.Flag(Fields.Retry, (control & 0x0800) != 0, at + 1, 1);
        sink.Flag(Fields.Protected, (control & 0x4000) != 0, at + 1, 1);
        if (view[index].HeaderLength >= MinSize)
        {
            sink.Mac(Fields.Receiver, bytes.Slice(4, 6), at + 4);
        }

        if (view[index].HeaderLength >= MinSize + 6)
        {
            sink.Mac(Fields.Transmitter, bytes.Slice(10, 6), at + 10);
        }
    }

    private static int LengthOf(int control)
    {
        int type = (control >> 2) & 3;
        int subtype = (control >> 4) & 15;

        // Bit 15, +HTC: four bytes of HT control in management and QoS data frames.
        int htControl = (control & 0x8000) != 0 ? 4 : 0;
        return type switch
        {
            Management => 24 + htControl,
            Control => subtype is 12 or 13 ? MinSize : 16,
            DataFrame => QosOffset(control) + ((subtype & 8) != 0 ? 2 + htControl : 0),
            _ => MinSize,
        };
    }

    // A frame from one distribution system to another has a fourth address.
    private static int QosOffset(int control) => 24 + ((control & 0x0300) == 0x0300 ? 6 : 0);

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

    private static string? NameOf(int subtype) => subtype switch
    {
        0 => "association request",
        1 => "association response",
        4 => "probe request",
        5 => "probe response",
        8 => "beacon",
        10 => "disassociation",
        11 => "authentication",
        12 => "deauthentication",
        13 => "action",
        24 => "block acknowledgment request",
        25 => "block acknowledgment",
        26 => "power save poll",
        27 => "request to send",
        28 => "clear to send",
        29 => "acknowledgment",
        32 => "data",
        36 => "no data",
        40 => "QoS data",
        44 => "QoS, no data",
        _ => null,
    };
}
