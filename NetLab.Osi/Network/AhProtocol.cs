using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>The authentication header (RFC 4302) over IPv4; over IPv6 it is one of the extension headers.</summary>
internal static class AhProtocol
{
    public static readonly Protocol Value = new("ah", OsiLayer.Network, "IP Authentication Header", Fields.All, Dissect, Describe) { IsExtensionHeader = true };

    private static class Fields
    {
        public static readonly Field Next = Field.Number("next", names: static v => IpProtocols.NameOf((int)v));
        public static readonly Field Spi = Field.Number("spi", "ah.spi", width: 4);
        public static readonly Field Sequence = Field.Number("sequence", "ah.sequence", about: "Sequence number", width: 4);

        public static readonly Field[] All = [Next, Spi, Sequence];
    }

    private const int MinSize = 12;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // RFC 4302, 2.2: the length counts words of four bytes, minus two.
        int length = end - offset < 2 ? MinSize : 4 * (dissection.Bytes[offset + 1] + 2);
        if (length > end - offset)
        {
            dissection.TooShort(OsiLayer.Network, "AH payload length", offset, length, end);
        }
        else if (dissection.Add(Value, offset, length, end))
        {
            IpPayload.Dissect(dissection, dissection.Bytes[offset], offset + length, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes.Length >= 2)
        {
            sink.Number(Fields.Next, bytes[0], at, 1);
        }

        if (bytes.Length >= MinSize)
        {
            sink.Number(Fields.Spi, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
            sink.Number(Fields.Sequence, BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]), at + 8, 4);
        }
    }
}
