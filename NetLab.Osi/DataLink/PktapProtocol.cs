using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Apple's PKTAP (LINKTYPE_PKTAP): interface, direction and process before a packet whose link type it names.</summary>
internal static class PktapProtocol
{
    private const int MinSize = 108;
    private const int RawIp = 101;

    public static readonly Protocol Value = new("pktap", OsiLayer.DataLink, "PKTAP packet header", Fields.All, Dissect);

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("header_length", "pktap.hdrlen", at: 0, size: 4, littleEndian: true, about: "Bytes of header"),
            Field.Number("record_type", "pktap.rectype", at: 4, size: 4, littleEndian: true, about: "Kind of record"),
            Field.Number("link_type", "pktap.dlt", at: 8, size: 4, littleEndian: true, about: "Link type of the packet"),
            Field.Text("interface", "pktap.ifname", at: 12, size: 24, about: "Interface"),
            Field.Number("flags", "pktap.flags", at: 36, size: 4, littleEndian: true, about: "1 received, 2 sent"),
            Field.Number("process_id", "pktap.pid", at: 52, size: 4, littleEndian: true, about: "Process"),
            Field.Text("process", "pktap.cmdname", at: 56, size: 20, about: "Name of the process", summary: true),
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < MinSize)
        {
            dissection.TooShort(OsiLayer.DataLink, "PKTAP header", offset, MinSize, end);
            return true;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(dissection.Bytes[offset..]);
        if (length < MinSize || length > end - offset)
        {
            dissection.Add(Value, offset, MinSize, end);
            dissection.TooShort(OsiLayer.DataLink, "PKTAP header length", offset, (int)Math.Min(Math.Max(length, MinSize), int.MaxValue / 4), end);
            return true;
        }

        uint link = BinaryPrimitives.ReadUInt32LittleEndian(dissection.Bytes[(offset + 8)..]);
        if (dissection.Add(Value, offset, (int)length, end))
        {
            // DLT_RAW has two numbers of its own beside the link type's.
            dissection.Next(NumberTable.LinkType, link is 12 or 14 ? RawIp : link, offset + (int)length, end);
        }

        return true;
    }
}
