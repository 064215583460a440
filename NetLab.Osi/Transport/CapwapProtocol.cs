using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>Control and Provisioning of Wireless Access Points (RFC 5415, 4): control messages, and frames of stations.</summary>
internal static class CapwapProtocol
{
    private const int MinSize = 8;
    private const int Encrypted = 1;
    private const int Native = 0x0100;
    private const int Fragment = 0x0080;
    private const int EthernetLink = 1;
    private const int WlanLink = 105;

    public static readonly Protocol Data = new("capwap", OsiLayer.Transport, "CAPWAP data", Fields.All, DissectData, Describe);

    public static readonly Protocol Control = new("capwap", OsiLayer.Transport, "CAPWAP control", Fields.All, DissectControl, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "capwap.preamble.version", at: 0, size: 1, mask: 0xF0, about: "Version");
        public static readonly Field Type = Field.Number("type", "capwap.preamble.type", at: 0, size: 1, mask: 0x0F, about: "0 plain, 1 behind DTLS");
        public static readonly Field Radio = Field.Number("radio", "capwap.header.rid", about: "Radio", width: 3);
        public static readonly Field Message = Field.Number("message", "capwap.control.header.message_type", about: "Control message", summary: true, names: static v => v switch
        {
            1 => "discovery request",
            2 => "discovery response",
            3 => "join request",
            4 => "join response",
            5 => "configuration status request",
            6 => "configuration status response",
            7 => "configuration update request",
            8 => "configuration update response",
            9 => "event request",
            10 => "event response",
            11 => "change state request",
            12 => "change state response",
            13 => "echo request",
            14 => "echo response",
            _ => null,
        }, width: 4);

        public static readonly Field[] All = [Version, Type, Radio, Message];
    }

    private static bool DissectData(in Dissection dissection, int offset, int end)
    {
        int size = SizeOf(dissection, offset, end);
        if (size < 0)
        {
            return false;
        }

        if (size == 0 || !dissection.Add(Data, offset, size, end) || offset + size >= end)
        {
            return true;
        }

        int flags = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        if ((flags & Fragment) != 0 || size < MinSize)
        {
            dissection.Data(OsiLayer.DataLink, offset + size, end);
        }
        else
        {
            dissection.Next(NumberTable.LinkType, (flags & Native) != 0 ? WlanLink : EthernetLink, offset + size, end);
        }

        return true;
    }

    private static bool DissectControl(in Dissection dissection, int offset, int end)
    {
        int size = SizeOf(dissection, offset, end);
        if (size > 0)
        {
            dissection.Add(Control, offset, end - offset, end);
        }

        return size >= 0;
    }

    // The header's length in units of four bytes has five bits; with DTLS, what stands behind the preamble is encrypted. -1: none of it.
    private static int SizeOf(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (bytes.IsEmpty || bytes[0] >> 4 != 0 || (bytes[0] & 15) > Encrypted)
        {
            return -1;
        }

        int size = (bytes[0] & 15) == Encrypted ? 4 : bytes.Length < 2 ? MinSize : Math.Max(MinSize, 4 * (bytes[1] >> 3));
        if (size > bytes.Length)
        {
            dissection.TooShort(OsiLayer.Transport, "CAPWAP header", offset, size, end);
            return 0;
        }

        return size;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        view[index].Protocol.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if ((bytes[0] & 15) == Encrypted || bytes.Length < MinSize)
        {
            return;
        }

        // Five bits of the number of the radio stand behind those of the length.
        sink.Number(Fields.Radio, (BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]) >> 6) & 0x1F, at + 1, 2);
        int header = 4 * (bytes[1] >> 3);
        if (view[index].Protocol == Control && header >= MinSize && header + 4 <= bytes.Length)
        {
            sink.Number(Fields.Message, BinaryPrimitives.ReadUInt32BigEndian(bytes[header..]), at + header, 4);
        }
    }
}
