using System.Buffers.Binary;
using NetLab.Osi.DataLink;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>GRE (RFC 2784, RFC 2890; version 1 of PPTP, RFC 2637), with ERSPAN inside it.</summary>
internal static class GreDissector
{
    private const int MinSize = 4;
    private const int HasChecksum = 0x8000;
    private const int HasRouting = 0x4000;
    private const int HasKey = 0x2000;
    private const int HasSequence = 0x1000;
    private const int HasAcknowledgment = 0x0080;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < MinSize)
        {
            dissection.Short(OsiLayer.Network, "GRE header", offset, MinSize, end);
            return;
        }

        int flags = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[offset..]);
        int type = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        int length = LengthOf(flags);
        if (length > end - offset)
        {
            dissection.Add(ProtocolId.Gre, OsiLayer.Network, offset, MinSize, end);
            dissection.Short(OsiLayer.Network, "GRE optional fields", offset, length, end);
            return;
        }

        if (!dissection.Add(ProtocolId.Gre, OsiLayer.Network, offset, length, end))
        {
            return;
        }

        int payload = offset + length;
        if (payload == end)
        {
            return;
        }

        if (type is EtherTypes.Erspan or EtherTypes.Erspan3)
        {
            ErspanDissector.Dissect(dissection, type, (flags & HasSequence) != 0, payload, end);
        }
        else
        {
            EtherTypes.Dissect(dissection, type, payload, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int flags = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        sink.Number("protocol"u8, type, at + 2, 2, EtherTypes.NameOf(type));
        int key = MinSize + ((flags & (HasChecksum | HasRouting)) != 0 ? 4 : 0);
        if ((flags & HasKey) != 0 && view[index].HeaderLength >= key + 4)
        {
            sink.Number("key"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes[key..]), at + key, 4);
        }
    }

    private static int LengthOf(int flags) =>
        MinSize
        + ((flags & (HasChecksum | HasRouting)) != 0 ? 4 : 0)
        + ((flags & HasKey) != 0 ? 4 : 0)
        + ((flags & HasSequence) != 0 ? 4 : 0)
        + ((flags & HasAcknowledgment) != 0 && (flags & 7) == 1 ? 4 : 0);
}
