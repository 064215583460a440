using System.Buffers.Binary;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>The first transmission sequence numbers of SCTP associations, by addresses and ports. Bounded: beyond its size all are forgotten.</summary>
internal sealed class SctpAssociations
{
    private static readonly MemorySlot<SctpAssociations> Slot = new(static () => new SctpAssociations());

    private const int MaxDirections = 16_384;
    private const int Initiation = 1;
    private const int InitiationAcknowledged = 2;
    private const int HeaderSize = 12;

    private readonly Dictionary<(FlowKey Flow, bool FromLow), InitialTsn> _directions = [];

    /// <summary>The first number of a packet's direction; null as long as none was seen.</summary>
    public static InitialTsn? Of(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        int source = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        int destination = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (dissection.IsQuoted || !FlowKey.TryMake(dissection, dissection.Result.Count, source, destination, -1, out FlowKey key, out _))
        {
            return null;
        }

        return dissection.Recall(Slot).Find(key, bytes);
    }

    private InitialTsn? Find(in FlowKey key, ReadOnlySpan<byte> bytes)
    {
        var chunks = new SctpChunks(bytes, HeaderSize);
        while (chunks.MoveNext() && chunks.Length >= SctpChunks.HeaderSize)
        {
            // RFC 9260, 3.3.2: the last four bytes of an initiation's fixed part; else the first data seen.
            bool begins = chunks.Type is Initiation or InitiationAcknowledged && chunks.Offset + 20 <= bytes.Length;
            if (begins || (chunks.IsData && chunks.Offset + 8 <= bytes.Length && !_directions.ContainsKey((key, key.SourceIsLow))))
            {
                Keep(key, BinaryPrimitives.ReadUInt32BigEndian(bytes[(chunks.Offset + (begins ? 16 : 4))..]));
            }
        }

        return _directions.GetValueOrDefault((key, key.SourceIsLow));
    }

    private void Keep(in FlowKey key, uint number)
    {
        if (_directions.Count >= MaxDirections)
        {
            _directions.Clear();
        }

        _directions[(key, key.SourceIsLow)] = new InitialTsn(number);
    }
}
