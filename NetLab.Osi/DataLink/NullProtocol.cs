using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>BSD loopback: four bytes of address family, in the byte order of whoever captured.</summary>
internal static class NullProtocol
{
    public static readonly Protocol Value = new("null", OsiLayer.DataLink, "BSD loopback", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Family = Field.Number("family", "null.family", about: "Address family of the system that captured", width: 4);
        public static readonly Field Type = Field.Number("type", "null.type", names: static v => EtherTypes.NameOf((int)v), about: "EtherType, where one stands in the family's place", width: 2);

        public static readonly Field[] All = [Family, Type];
    }

    private const int Size = 4;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Cut(Value, "loopback header", offset, Size, end);
            return true;
        }

        if (dissection.Bytes[offset] == 0xFF && dissection.Bytes[offset + 1] == 3)
        {
            // PPP in HDLC-like framing, which some systems give under the same link type.
            PppProtocol.Dissect(dissection, offset + 2, end, offset);
            return true;
        }

        if (!dissection.Add(Value, offset, Size, end))
        {
            return true;
        }

        // AF_INET is 2 everywhere; AF_INET6 differs by system. The version field of IP itself is the better witness.
        uint family = FamilyOf(dissection.Bytes[offset..]);
        if (family is 2 or 10 or 23 or 24 or 28 or 30)
        {
            dissection.NextIp(offset + Size, end);
        }
        else if (family is > EtherTypes.MaxLength and <= ushort.MaxValue)
        {
            dissection.Next(NumberTable.EtherType, family, offset + Size, end);
        }
        else
        {
            dissection.Unknown(OsiLayer.Network, "address family", offset, family);
            dissection.Data(OsiLayer.Network, offset + Size, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        if (view[index].Length >= Size)
        {
            uint family = FamilyOf(view.BytesOf(index));
            sink.Number(family is > EtherTypes.MaxLength and <= ushort.MaxValue ? Fields.Type : Fields.Family, family, view[index].Offset, Size);
        }
    }

    private static uint FamilyOf(ReadOnlySpan<byte> bytes)
    {
        uint little = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return little <= ushort.MaxValue ? little : BinaryPrimitives.ReverseEndianness(little);
    }
}
