using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>SocketCAN (LINKTYPE_CAN_SOCKETCAN): identifier with flags in network order, length, data.</summary>
internal static class CanProtocol
{
    private const int Size = 8;

    public static readonly Protocol Value = new("can", OsiLayer.DataLink, "Controller Area Network", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Id = Field.Number("id", "can.id", about: "Identifier", summary: true, width: 4);
        public static readonly Field Content = Field.Bytes("data", about: "Data");

        public static readonly Field[] All =
        [
            Id,
            Field.Flag("extended", "can.flags.xtd", at: 0, size: 4, mask: 0x8000_0000, about: "Identifier of 29 bits"),
            Field.Flag("remote", "can.flags.rtr", at: 0, size: 4, mask: 0x4000_0000, about: "Asks for the data"),
            Field.Flag("error", "can.flags.err", at: 0, size: 4, mask: 0x2000_0000, about: "Error message"),
            Field.Number("length", "can.len", at: 4, size: 1, about: "Bytes of data"),
            Content,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "CAN header", offset, Size, end);
            return true;
        }

        dissection.AddMessage(Value, offset, Size, Size + dissection.Bytes[offset + 4], end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        uint id = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        sink.Number(Fields.Id, id & ((id & 0x8000_0000) != 0 ? 0x1FFF_FFFFu : 0x7FFu), at, 4);
        Value.DescribeHeader(view, index, sink);
        sink.Bytes(Fields.Content, bytes[Size..], at + Size);
    }
}
