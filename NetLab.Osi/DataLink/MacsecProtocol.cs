using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>MACsec (IEEE 802.1AE, 9): a tag, an Ethernet frame's content that may be encrypted, and a check value.</summary>
internal static class MacsecProtocol
{
    private const int Size = 6;
    private const int ChannelSize = 8;
    private const int CheckSize = 16;
    private const int HasChannel = 0x20;
    private const int IsEncrypted = 0x08;
    private const int IsChanged = 0x04;

    public static readonly Protocol Value = new("macsec", OsiLayer.DataLink, "MACsec", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Control = Field.Number("control", "macsec.TCI", at: 0, size: 1, mask: 0xFC, about: "Control information");
        public static readonly Field Association = Field.Number("association", "macsec.AN", at: 0, size: 1, mask: 0x03, about: "Number of the association");
        public static readonly Field ShortLength = Field.Number("short_length", "macsec.SL", at: 1, size: 1, about: "Bytes of a short frame; 0 for others");
        public static readonly Field PacketNumber = Field.Number("packet_number", "macsec.PN", at: 2, size: 4, about: "Number of the packet");
        public static readonly Field System = Field.Mac("system", "macsec.SCI.system_identifier", about: "Sender of the secure channel");
        public static readonly Field Port = Field.Number("port", "macsec.SCI.port_identifier", about: "Port of the secure channel", width: 2);

        public static readonly Field[] All = [Control, Association, ShortLength, PacketNumber, System, Port];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int control = offset < end ? dissection.Bytes[offset] : 0;
        int size = Size + ((control & HasChannel) != 0 ? ChannelSize : 0);
        if (end - offset < size)
        {
            dissection.Cut(Value, "MACsec tag", offset, size, end);
            return true;
        }

        if (!dissection.Add(Value, offset, size, end))
        {
            return true;
        }

        int next = offset + size;
        int wireEnd = dissection.WireEnd - CheckSize;
        if ((control & (IsEncrypted | IsChanged)) == 0 && wireEnd >= next + 2 && end >= next + 2)
        {
            // Only the check value was added: the frame's type and content stand there as they were.
            EthernetProtocol.DissectTypeOrLength(dissection.Until(wireEnd), BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[next..]), next + 2, Math.Max(next + 2, Math.Min(end, wireEnd)));
        }
        else
        {
            dissection.Data(OsiLayer.DataLink, next, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (!bytes.IsEmpty && (bytes[0] & HasChannel) != 0 && bytes.Length >= Size + ChannelSize)
        {
            sink.Mac(Fields.System, bytes.Slice(Size, 6), at + Size);
            sink.Number(Fields.Port, BinaryPrimitives.ReadUInt16BigEndian(bytes[(Size + 6)..]), at + Size + 6, 2);
        }
    }
}
