using System.Buffers.Binary;
using NetLab.Osi.DataLink;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>ERSPAN (draft-foschiano-erspan): mirrored Ethernet frames in GRE. Type I has no header of its own, type II eight bytes, type III twelve or twenty.</summary>
internal static class ErspanDissector
{
    private const int Size2 = 8;
    private const int Size3 = 12;
    private const int PlatformSize = 8;

    public static void Dissect(in Dissection dissection, int type, bool hasSequence, int offset, int end)
    {
        if (type == EtherTypes.Erspan && !hasSequence)
        {
            EthernetDissector.Dissect(dissection, offset, end);
            return;
        }

        int size = type == EtherTypes.Erspan ? Size2 : Size3;
        if (end - offset >= Size3 && type == EtherTypes.Erspan3 && (dissection.Bytes[offset + Size3 - 1] & 1) != 0)
        {
            size += PlatformSize;
        }

        if (size > end - offset)
        {
            dissection.Short(OsiLayer.Network, "ERSPAN header", offset, size, end);
        }
        else if (dissection.Add(ProtocolId.Erspan, OsiLayer.Network, offset, size, end))
        {
            EthernetDissector.Dissect(dissection, offset + size, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("version"u8, bytes[0] >> 4, at, 1);
        sink.Number("vlan"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes) & 0xFFF, at, 2);
        sink.Number("session"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) & 0x3FF, at + 2, 2);
    }
}
