using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>GRE (RFC 2784, RFC 2890; version 1 of PPTP, RFC 2637), with ERSPAN inside it.</summary>
internal static class GreProtocol
{
    public static readonly Protocol Value = new("gre", OsiLayer.Network, "Generic Routing Encapsulation", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Protocol = Field.Number("protocol", "gre.proto", names: static v => EtherTypes.NameOf((int)v));
        public static readonly Field Key = Field.Number("key", "gre.key");

        public static readonly Field[] All = [Protocol, Key];
    }

    private const int MinSize = 4;
    private const int HasChecksum = 0x8000;
    private const int HasRouting = 0x4000;
    private const int HasKey = 0x2000;
    private const int HasSequence = 0x1000;
    private const int HasAcknowledgment = 0x0080;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < MinSize)
        {
            dissection.TooShort(OsiLayer.Network, "GRE header", offset, MinSize, end);
            return true;
        }

        int flags = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[offset..]);
        int type = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        int length = LengthOf(flags);
        if (length > end - offset)
        {
            dissection.Add(Value, offset, MinSize, end);
            dissection.TooShort(OsiLayer.Network, "GRE optional fields", offset, length, end);
            return true;
        }

        if (!dissection.Add(Value, offset, length, end))
        {
            return true;
        }

        int payload = offset + length;
        if (payload == end)
        {
            return true;
        }

        if (type is EtherTypes.Erspan or EtherTypes.Erspan3)
        {
            ErspanProtocol.Dissect(dissection, type, (flags & HasSequence) != 0, payload, end);
        }
        else
        {
            dissection.Next(NumberTable.EtherType, type, payload, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int flags = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        sink.Number(Fields.Protocol, type, at + 2, 2);
        int key = MinSize + ((flags & (HasChecksum | HasRouting)) != 0 ? 4 : 0);
        if ((flags & HasKey) != 0 && view[index].HeaderLength >= key + 4)
        {
            sink.Number(Fields.Key, BinaryPrimitives.ReadUInt32BigEndian(bytes[key..]), at + key, 4);
        }
    }

    private static int LengthOf(int flags) =>
        MinSize
        + ((flags & (HasChecksum | HasRouting)) != 0 ? 4 : 0)
        + ((flags & HasKey) != 0 ? 4 : 0)
        + ((flags & HasSequence) != 0 ? 4 : 0)
        + ((flags & HasAcknowledgment) != 0 && (flags & 7) == 1 ? 4 : 0);
}
