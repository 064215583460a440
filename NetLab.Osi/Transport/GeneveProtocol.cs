using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>Geneve (RFC 8926): what an EtherType says, in UDP.</summary>
internal static class GeneveProtocol
{
    private const int Size = 8;

    public static readonly Protocol Value = new("geneve", OsiLayer.Transport, "Generic Network Virtualization Encapsulation", Fields.All, Dissect);

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        int length = end > offset ? Size + (4 * (dissection.Bytes[offset] & 0x3F)) : Size;
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.Transport, "Geneve header", offset, Size, end);
            return true;
        }

        if (!dissection.Add(Value, offset, Math.Min(length, end - offset), end))
        {
            return true;
        }

        if (length > end - offset)
        {
            dissection.TooShort(OsiLayer.Transport, "Geneve option length", offset, length, end);
        }
        else if (dissection.WireEnd > offset + length)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
            dissection.Next(NumberTable.EtherType, type, offset + length, end);
        }

        return true;
    }

    private static class Fields
    {
        public static readonly Field[] All =
        [
            Field.Number("vni", "geneve.vni", at: 4, size: 3, about: "Network identifier"),
            Field.Number("type", "geneve.proto_type", at: 2, size: 2, names: static v => EtherTypes.NameOf((int)v), about: "What it carries"),
        ];
    }
}
