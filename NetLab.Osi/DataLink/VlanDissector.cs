using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.DataLink;

/// <summary>A VLAN tag (IEEE 802.1Q, 802.1ad and the older 0x9100): one layer a tag.</summary>
internal static class VlanDissector
{
    private const int Size = 4;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.DataLink, "VLAN tag", offset, Size, end);
            return;
        }

        int type = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        if (dissection.Add(ProtocolId.Vlan, OsiLayer.DataLink, offset, Size, end))
        {
            EtherTypes.DissectTypeOrLength(dissection, type, offset + Size, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int control = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        sink.Number("id"u8, control & 0xFFF, at, 2);
        bool isService = at >= 2 && BinaryPrimitives.ReadUInt16BigEndian(view.BufferOf(index)[(at - 2)..]) == EtherTypes.ServiceVlan;
        sink.Number("priority"u8, control >> 13, at, isService ? 1 : 2);
        sink.Flag("dei"u8, (control & 0x1000) != 0, at, 2);
        sink.Number(type <= EtherTypes.MaxLength ? "length"u8 : "type"u8, type, at + 2, 2, EtherTypes.NameOf(type));
    }
}
