using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>SCTP (RFC 9260): the common header and the types of its chunks.</summary>
internal static class SctpProtocol
{
    public static readonly Protocol Value = new("sctp", OsiLayer.Transport, "Stream Control Transmission Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Sport = Field.Number("sport", "sctp.srcport");
        public static readonly Field Dport = Field.Number("dport", "sctp.dstport");
        public static readonly Field Tag = Field.Number("tag", "sctp.verification_tag");
        public static readonly Field Chunks = Field.Number("chunks", "sctp.chunk_type");

        public static readonly Field[] All = [Sport, Dport, Tag, Chunks];
    }

    private const int Size = 12;
    private const int ChunkHeader = 4;
    private const int MaxChunks = 64;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.Transport, "SCTP header", offset, Size, end);
            return true;
        }

        dissection.Add(Value, offset, Size, end);

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Sport, BinaryPrimitives.ReadUInt16BigEndian(bytes), at, 2);
        sink.Number(Fields.Dport, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        sink.Number(Fields.Tag, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
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

        sink.Numbers(Fields.Chunks, chunks[..count], at + Size, bytes.Length - Size);
    }
}
