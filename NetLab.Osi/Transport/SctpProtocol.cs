using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>SCTP (RFC 9260): the common header, its chunks, and what its data carries by payload protocol or port.</summary>
internal static class SctpProtocol
{
    public static readonly Protocol Value = new("sctp", OsiLayer.Transport, "Stream Control Transmission Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Sport = Field.Number("sport", "sctp.srcport", about: "Source port", width: 2);
        public static readonly Field Dport = Field.Number("dport", "sctp.dstport", about: "Destination port", width: 2);
        public static readonly Field Tag = Field.Number("tag", "sctp.verification_tag", about: "Verification tag", width: 4);
        public static readonly Field Chunks = Field.Number("chunks", "sctp.chunk_type", names: static v => SctpChunks.NameOf((int)v), about: "Types of the chunks", summary: true, width: 1);
        public static readonly Field Length = Field.Number(null, "sctp.chunk_length", about: "Bytes of a chunk", width: 2);
        public static readonly Field Tsn = Field.Number(null, "sctp.data_tsn_raw", about: "Transmission sequence number of data", width: 4);
        public static readonly Field RelativeTsn = Field.Number(null, "sctp.data_tsn", about: "The same, counted from the first of its direction", width: 4);
        public static readonly Field StreamId = Field.Number(null, "sctp.data_sid", about: "Stream of data", width: 2);
        public static readonly Field PayloadProtocol = Field.Number(null, "sctp.data_payload_proto_id", about: "What data carries", width: 4);
        public static readonly Field Port = Field.Either("sctp.port", Sport, Dport);

        public static readonly Field[] All = [Sport, Dport, Tag, Chunks, Length, Tsn, RelativeTsn, StreamId, PayloadProtocol, Port];
    }

    private const int Size = 12;
    private const int MaxChunks = 64;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.TooShort(OsiLayer.Transport, "SCTP header", offset, Size, end);
            return true;
        }

        if (!dissection.Add(Value, offset, Size, end, SctpAssociations.Of(dissection, offset, end)))
        {
            return true;
        }

        int source = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[offset..]);
        int destination = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]);
        uint tag = BinaryPrimitives.ReadUInt32BigEndian(dissection.Bytes[(offset + 4)..]);
        bool hasKey = FlowKey.TryMake(dissection, dissection.Result.Count - 1, source, destination, -1, out FlowKey flow, out _) && !dissection.IsQuoted;
        var chunks = new SctpChunks(dissection.Bytes[..end], offset + Size);
        while (chunks.MoveNext())
        {
            if (chunks.Length < SctpChunks.HeaderSize || chunks.Length < SctpChunks.LeastLength(chunks.Type))
            {
                dissection.Malformed(OsiLayer.Transport, "SCTP chunk length", chunks.Offset + 2, chunks.Length);
                return true;
            }

            if (chunks.IsWholeMessage)
            {
                DissectPayload(dissection.Until(chunks.Offset + chunks.Length), chunks.PayloadProtocol, source, destination, chunks.PayloadOffset, Math.Min(end, chunks.Offset + chunks.Length));
            }
            else if (hasKey && chunks.IsFragment)
            {
                TakeFragment(dissection, new SctpFragmentKey(flow, flow.SourceIsLow, tag, chunks.Message, chunks.FragmentNumber), chunks, source, destination);
            }
        }

        if (chunks.IsShort)
        {
            dissection.TooShort(OsiLayer.Transport, "SCTP chunk length", chunks.Offset, Math.Max(SctpChunks.HeaderSize, chunks.Length), end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Sport, BinaryPrimitives.ReadUInt16BigEndian(bytes), at, 2);
        sink.Number(Fields.Dport, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        sink.Number(Fields.Tag, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
        Span<int> types = stackalloc int[MaxChunks];
        int count = 0;
        var chunks = new SctpChunks(bytes, Size);
        while (chunks.MoveNext() && chunks.Length >= SctpChunks.HeaderSize && count < MaxChunks)
        {
            types[count++] = chunks.Type;
            if (!sink.WantsHidden)
            {
                continue;
            }

            int place = at + chunks.Offset;
            sink.Number(Fields.Length, chunks.Length, place + 2, 2);
            if (chunks.IsData && chunks.PayloadOffset <= bytes.Length)
            {
                uint number = BinaryPrimitives.ReadUInt32BigEndian(bytes[(chunks.Offset + 4)..]);
                sink.Number(Fields.Tsn, number, place + 4, 4);
                sink.Number(Fields.RelativeTsn, view[index].Detail is InitialTsn first ? number - first.Number : number, place + 4, 4);
                sink.Number(Fields.StreamId, BinaryPrimitives.ReadUInt16BigEndian(bytes[(chunks.Offset + 8)..]), place + 8, 2);
                sink.Number(Fields.PayloadProtocol, chunks.PayloadProtocol, at + chunks.PayloadOffset - 4, 4);
            }
        }

        sink.Numbers(Fields.Chunks, types[..count], at + Size, bytes.Length - Size);
    }

    private static void TakeFragment(in Dissection dissection, in SctpFragmentKey key, in SctpChunks chunk, int source, int destination)
    {
        if (dissection.Recall(SctpReassembly.Slot).TryComplete(key, chunk.Begins, chunk.Ends, chunk.PayloadProtocol, chunk.Payload, out byte[]? message, out uint protocol)
            && dissection.Result.HasRoomForBuffer)
        {
            DissectPayload(dissection.Into(message), protocol, source, destination, 0, message.Length);
        }
    }

    private static void DissectPayload(in Dissection dissection, uint protocol, int source, int destination, int offset, int end)
    {
        if (offset < end
            && !dissection.TryNext(NumberTable.SctpPayload, protocol, offset, end)
            && !dissection.TryNext(NumberTable.SctpPort, destination, offset, end)
            && !dissection.TryNext(NumberTable.SctpPort, source, offset, end))
        {
            dissection.Data(OsiLayer.Application, offset, end);
        }
    }
}
