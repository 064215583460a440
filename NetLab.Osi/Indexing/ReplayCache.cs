using NetLab.Osi.Decoding;

namespace NetLab.Osi.Indexing;

/// <summary>
/// Packets of an index, decoded one by one in any order. The decoders of the conversations looked at last are kept where they stand, so that the
/// next packet of one of them costs no more than itself. Safe for several threads, one of which decodes at a time.
/// </summary>
public sealed class ReplayCache
{
    // Each may hold some megabytes of a stream.
    private const int MaxReplays = 8;

    private readonly CaptureIndex _index;
    private readonly object _busy = new();
    private readonly LinkedList<ConversationReplay> _latest = new();

    /// <summary>Makes one.</summary>
    /// <param name="index">The capture.</param>
    public ReplayCache(CaptureIndex index) => _index = index;

    /// <summary>Decodes a packet as a decode of the whole capture would.</summary>
    /// <param name="number">Its ordinal in the capture.</param>
    /// <param name="handler">Told of it.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such packet.</exception>
    public void Decode(long number, DecodePipeline.PacketHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (number < 1 || number > _index.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(number));
        }

        PacketRecord record = _index.Record(number);
        lock (_busy)
        {
            ConversationReplay replay = Take(record, number) ?? new ConversationReplay(_index, record, _index.Options with { HashStreams = false });
            replay.GoTo(number, handler, cancellationToken);
            _latest.AddFirst(replay);
            if (_latest.Count > MaxReplays)
            {
                _latest.RemoveLast();
            }
        }
    }

    // It is taken out first: one that failed half-way is of no use any more.
    private ConversationReplay? Take(in PacketRecord record, long number)
    {
        for (LinkedListNode<ConversationReplay>? node = _latest.First; node is not null; node = node.Next)
        {
            if (node.Value.LeadsTo(record, number))
            {
                _latest.Remove(node);
                return node.Value;
            }
        }

        return null;
    }
}
