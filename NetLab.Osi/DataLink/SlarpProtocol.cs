using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Cisco's Serial Line Address Resolution Protocol in Cisco HDLC: line keep-alives, and an address asked for and told.</summary>
internal static class SlarpProtocol
{
    /// <summary>Its number in Cisco HDLC, which everywhere else is RARP's.</summary>
    public const int EtherType = 0x8035;

    private const int Size = 14;
    private const int KeepAlive = 2;

    public static readonly Protocol Value = new("slarp", OsiLayer.DataLink, "Serial Line Address Resolution Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Code = Field.Number("code", "slarp.ptype", about: "Message", summary: true, names: static v => v switch
        {
            0 => "request",
            1 => "reply",
            KeepAlive => "line keep-alive",
            _ => null,
        }, width: 4);
        public static readonly Field Address = Field.Ipv4("address", "slarp.address", about: "Address of the sender");
        public static readonly Field Mask = Field.Ipv4("mask", "slarp.netmask", about: "Its network mask");
        public static readonly Field Sequence = Field.Number("sequence", "slarp.mysequence", about: "Sequence number of the sender", width: 4);
        public static readonly Field Returned = Field.Number("returned", "slarp.yoursequence", about: "The last sequence number it received", width: 4);

        public static readonly Field[] All = [Code, Address, Mask, Sequence, Returned];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "SLARP message", offset, Size, end);
        }
        else
        {
            dissection.Add(Value, offset, Size, end);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        uint code = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        sink.Number(Fields.Code, code, at, 4);
        if (code == KeepAlive)
        {
            sink.Number(Fields.Sequence, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
            sink.Number(Fields.Returned, BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]), at + 8, 4);
        }
        else if (code < KeepAlive)
        {
            sink.Ip(Fields.Address, bytes.Slice(4, 4), at + 4);
            sink.Ip(Fields.Mask, bytes.Slice(8, 4), at + 8);
        }
    }
}
