using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>A VLAN tag (IEEE 802.1Q, 802.1ad and the older 0x9100): one layer a tag.</summary>
internal static class VlanProtocol
{
    public static readonly Protocol Value = new("vlan", OsiLayer.DataLink, "VLAN tag", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Id = Field.Number("id", "vlan.id", width: 2);
        public static readonly Field Priority = Field.Number("priority", "vlan.priority", width: 2);
        public static readonly Field Dei = Field.Flag("dei", "vlan.dei");
        public static readonly Field Length = Field.Number("length", "vlan.len", width: 2);
        public static readonly Field Type = Field.Number("type", "vlan.etype", names: static v => EtherTypes.NameOf((int)v), width: 2);

        public static readonly Field[] All = [Id, Priority, Dei, Length, Type];
    }

    private const int Size = 4;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.DataLink, "VLAN tag", offset, Size, end);
            return true;
        }

        int type = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        if (dissection.Add(Value, offset, Size, end))
        {
            EthernetProtocol.DissectTypeOrLength(dissection, type, offset + Size, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int control = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        sink.Number(Fields.Id, control & 0xFFF, at, 2);
        bool isService = at >= 2 && BinaryPrimitives.ReadUInt16BigEndian(view.BufferOf(index)[(at - 2)..]) == EtherTypes.ServiceVlan;
        sink.Number(Fields.Priority, control >> 13, at, isService ? 1 : 2);
        sink.Flag(Fields.Dei, (control & 0x1000) != 0, at, 2);
        sink.Number(type <= EtherTypes.MaxLength ? Fields.Length : Fields.Type, type, at + 2, 2);
    }
}
