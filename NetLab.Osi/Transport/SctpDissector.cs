using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Transport;

/// <summary>SCTP (RFC 9260): the common header and the types of its chunks.</summary>
internal static class SctpDissector
{
    private const int Size = 12;
    private const int ChunkHeader = 4;
    private const int MaxChunks = 64;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.Transport, "SCTP header", offset, Size, end);
            return;
        }

        dissection.Add(ProtocolId.Sctp, OsiLayer.Transport, offset, Size, end);
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("sport"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes), at, 2);
        sink.Number("dport"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        sink.Number("tag"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
        Span<int> chunks = stackalloc int[MaxChunks];
        int count = 0;
        int chunk = Size;
        while (bytes.Length - chunk >= ChunkHeader && count < MaxChunks)
        {
            chunks[count++] = bytes[chunk];

            // RFC 9260, 3.2: the length counts the chunk's header and not its padding to four bytes.
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(chunk + 2)..]);
            chunk += Math.Max(ChunkHeader, (length + 3) & ~3);
        }

        sink.Numbers("chunks"u8, chunks[..count], at + Size, bytes.Length - Size);
    }
}
