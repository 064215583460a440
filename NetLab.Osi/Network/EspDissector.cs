using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>The encapsulating security payload (RFC 4303): what follows its header is encrypted.</summary>
internal static class EspDissector
{
    private const int Size = 8;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.Network, "ESP header", offset, Size, end);
            return;
        }

        dissection.Add(ProtocolId.Esp, OsiLayer.Network, offset, Size, end);
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("spi"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes), at, 4);
        sink.Number("sequence"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
    }
}
