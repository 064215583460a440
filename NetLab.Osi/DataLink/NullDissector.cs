using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.DataLink;

/// <summary>BSD loopback: four bytes of address family, in the byte order of whoever captured.</summary>
internal static class NullDissector
{
    private const int Size = 4;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Cut(ProtocolId.Null, OsiLayer.DataLink, "loopback header", offset, Size, end);
            return;
        }

        if (!dissection.Add(ProtocolId.Null, OsiLayer.DataLink, offset, Size, end))
        {
            return;
        }

        // AF_INET is 2 everywhere; AF_INET6 differs by system. The version field of IP itself is the better witness.
        uint family = FamilyOf(dissection.Bytes[offset..]);
        if (family is 2 or 10 or 23 or 24 or 28 or 30)
        {
            IpProtocols.DissectByVersion(dissection, offset + Size, end);
        }
        else
        {
            dissection.Unknown(OsiLayer.Network, "address family", offset, family);
            dissection.Data(OsiLayer.Network, offset + Size, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        if (view[index].Length >= Size)
        {
            sink.Number("family"u8, FamilyOf(view.BytesOf(index)), view[index].Offset, Size);
        }
    }

    private static uint FamilyOf(ReadOnlySpan<byte> bytes)
    {
        uint little = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return little <= ushort.MaxValue ? little : BinaryPrimitives.ReverseEndianness(little);
    }
}
