using NetLab.Osi.Decoding;

namespace NetLab.Osi.Indexing;

/// <summary>
/// Packets of an index, decoded one by one in any order. The decoders of the conversations looked at last are kept where they stand, so that the
/// next packet of one of them costs no more than itself; and of long conversations copies of decoders on the way, so that no packet is far from one.
/// Safe for several threads, one of which decodes at a time.
/// </summary>
public sealed class ReplayCache
{
    // Each may hold some megabytes of a stream.
    private const int MaxReplays = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly CaptureIndex _index;
    private readonly DecoderOptions _options;
    private readonly Checkpoints _checkpoints;
    private readonly object _busy = new();
    private readonly LinkedList<ConversationReplay> _latest = new();
    private volatile ConversationReplay? _preparing;

    /// <summary>Makes one.</summary>
    /// <param name="index">The capture.</param>
    public ReplayCache(CaptureIndex index)
        : this(index, new Checkpoints())
    {
    }

    internal ReplayCache(CaptureIndex index, Checkpoints checkpoints)
    {
        ArgumentNullException.ThrowIfNull(index);
        (_index, _checkpoints, _options) = (index, checkpoints, index.Options with { HashStreams = false, IsCopied = true });
    }

    /// <summary>
    /// Walks the long conversations of an index that is complete, and leaves copies of the decoder on the way. Without it, whoever goes to a packet first
    /// does that. Packets may be asked for meanwhile.
    /// </summary>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public void Prepare(CancellationToken cancellationToken = default)
    {
        foreach ((bool isUdp, int conversation) in _index.LongConversations)
        {
            PacketRecord last = _index.Record(_index.LastOf(isUdp, conversation));
            if (isUdp && last.TcpStream >= 0)
            {
                continue;
            }

            try
            {
                ConversationReplay walk = new(_index, last, _options, _checkpoints);
                _preparing = walk;
                walk.Run(_index.LastOf(isUdp, conversation), null, cancellationToken);
            }
            finally
            {
                _preparing = null;
            }
        }
    }

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
            AwaitPreparation(record, number, cancellationToken);
            ConversationReplay replay = Nearest(record, number);
            replay.GoTo(number, handler, cancellationToken);
            _latest.AddFirst(replay);
            if (_latest.Count > MaxReplays)
            {
                _latest.RemoveLast();
            }
        }
    }

    // Where the preparation is on its way to the packet already, going the same way beside it would slow down both.
    private void AwaitPreparation(PacketRecord record, long number, CancellationToken cancellationToken)
    {
        (int Tcp, int Udp) conversation = (record.TcpStream, record.UdpConversation);
        while (_preparing is { } walk && walk.Follows(record) && walk.Position < number && walk.Position >= _checkpoints.Before(conversation, number)
            && !_latest.Any(r => r.Follows(record) && r.Position <= number && r.Position > walk.Position))
        {
            cancellationToken.WaitHandle.WaitOne(Pause);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // What stands nearest before the packet: a decoder that was used, a copy of one, or none at all.
    private ConversationReplay Nearest(in PacketRecord record, long number)
    {
        LinkedListNode<ConversationReplay>? nearest = null;
        for (LinkedListNode<ConversationReplay>? node = _latest.First, next; node is not null; node = next)
        {
            next = node.Next;
            if (!node.Value.IsFinal && _index.IsComplete)
            {
                _latest.Remove(node);
            }
            else if (node.Value.Follows(record) && node.Value.Position <= number && node.Value.Position > (nearest?.Value.Position ?? 0))
            {
                nearest = node;
            }
        }

        (int Tcp, int Udp) conversation = (record.TcpStream, record.UdpConversation);
        if (_checkpoints.Before(conversation, number) is var before && before > (nearest?.Value.Position ?? 0) && _checkpoints.Take(conversation, before) is { } point)
        {
            return new ConversationReplay(_index, record, point, _checkpoints);
        }

        if (nearest is null)
        {
            return new ConversationReplay(_index, record, _options, _checkpoints);
        }

        // It is taken out first: one that failed half-way is of no use any more.
        _latest.Remove(nearest);
        return nearest.Value;
    }
}
