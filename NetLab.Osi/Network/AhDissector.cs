using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>The authentication header (RFC 4302) over IPv4; over IPv6 it is one of the extension headers.</summary>
internal static class AhDissector
{
    private const int MinSize = 12;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        // RFC 4302, 2.2: the length counts words of four bytes, minus two.
        int length = end - offset < 2 ? MinSize : 4 * (dissection.Bytes[offset + 1] + 2);
        if (length > end - offset)
        {
            dissection.Short(OsiLayer.Network, "AH payload length", offset, length, end);
        }
        else if (dissection.Add(ProtocolId.Ah, OsiLayer.Network, offset, length, end))
        {
            IpProtocols.DissectPayload(dissection, dissection.Bytes[offset], offset + length, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("next"u8, bytes[0], at, 1, IpProtocols.NameOf(bytes[0]));
        if (bytes.Length >= MinSize)
        {
            sink.Number("spi"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
            sink.Number("sequence"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]), at + 8, 4);
        }
    }
}
