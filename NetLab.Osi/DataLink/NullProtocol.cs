using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>BSD loopback: four bytes of address family, in the byte order of whoever captured.</summary>
internal static class NullProtocol
{
    public static readonly Protocol Value = new("null", OsiLayer.DataLink, "BSD loopback", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Family = Field.Number("family");

        public static readonly Field[] All = [Family];
    }

    private const int Size = 4;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Cut(Value, "loopback header", offset, Size, end);
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
            sink.Number(Fields.Family, FamilyOf(view.BytesOf(index)), view[index].Offset, Size);
        }
    }

    private static uint FamilyOf(ReadOnlySpan<byte> bytes)
    {
        uint little = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return little <= ushort.MaxValue ? little : BinaryPrimitives.ReverseEndianness(little);
    }
}
