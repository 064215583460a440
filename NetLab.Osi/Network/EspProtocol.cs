using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>The encapsulating security payload (RFC 4303): what follows its header is encrypted.</summary>
internal static class EspProtocol
{
    public static readonly Protocol Value = new("esp", OsiLayer.Network, "IP Encapsulating Security Payload", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Spi = Field.Number("spi", "esp.spi", about: "Security parameters index", summary: true, width: 4);
        public static readonly Field Sequence = Field.Number("sequence", "esp.sequence", about: "Sequence number", summary: true, width: 4);

        public static readonly Field[] All = [Spi, Sequence];
    }

    private const int Size = 8;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.Network, "ESP header", offset, Size, end);
            return true;
        }

        dissection.Add(Value, offset, Size, end);

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Spi, BinaryPrimitives.ReadUInt32BigEndian(bytes), at, 4);
        sink.Number(Fields.Sequence, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
    }
}
