using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Osi.Indexing;

/// <summary>
/// A decoder that is given only the packets of one conversation, and the fragments before them, and so says of them what a decode of the whole
/// capture says. It stands behind the packet it was asked for last, and goes on from there.
/// </summary>
internal sealed class ConversationReplay
{
    // A datagram has at most 8191 fragments; common are two to forty-five.
    private const int MaxFragments = 256;

    // Where fewer than one packet in so many is the conversation's, going from one to the other is quicker than looking at all between them.
    private const int Sparse = 16;

    private readonly CaptureIndex _index;
    private readonly Checkpoints? _checkpoints;
    private readonly PacketBytes _bytes;
    private readonly RecordWindow _records;
    private readonly PacketDecoder _decoder;
    private readonly DecodedPacket _decoded = new();
    private long _lastFragment;
    private uint _ordinal;

    // Since the last checkpoint, or since what could not be one.
    private long _checkpoint;
    private long _passedPackets;
    private long _passedBytes;

    /// <summary>Begins at the beginning of a packet's conversation.</summary>
    /// <param name="index">The capture.</param>
    /// <param name="record">The packet.</param>
    /// <param name="options">How packets are decoded.</param>
    /// <param name="checkpoints">Gets copies of the decoder on the way; null for none.</param>
    public ConversationReplay(CaptureIndex index, in PacketRecord record, DecoderOptions options, Checkpoints? checkpoints = null)
        : this(index, record, checkpoints, new PacketDecoder(options))
    {
        IsFinal = index.Whole is not null;
        _decoder.StartAt(Math.Max(0, TcpStream), Math.Max(0, UdpConversation), index.Whole);
        if (index.KeyLog is { Length: > 0 } keys)
        {
            _decoder.AddKeyLog(keys);
        }
    }

    /// <summary>Begins behind a packet of a conversation.</summary>
    /// <param name="index">The capture.</param>
    /// <param name="record">A packet of the conversation.</param>
    /// <param name="point">The decoder behind one; nobody else's.</param>
    /// <param name="checkpoints">Gets copies of the decoder on the way.</param>
    public ConversationReplay(CaptureIndex index, in PacketRecord record, Checkpoint point, Checkpoints checkpoints)
        : this(index, record, checkpoints, point.Decoder)
    {
        (Position, _lastFragment, _checkpoint, IsFinal) = (point.Number, point.LastFragment, point.Number, true);
        _ordinal = index.Record(point.Number).Ordinal;
    }

    private ConversationReplay(CaptureIndex index, in PacketRecord record, Checkpoints? checkpoints, PacketDecoder decoder)
    {
        (_index, _checkpoints, _decoder) = (index, checkpoints, decoder);
        (_bytes, _records) = (new PacketBytes(index), new RecordWindow(index));
        (TcpStream, UdpConversation) = (record.TcpStream, record.UdpConversation);
    }

    /// <summary>The TCP stream that it follows; -1 if it follows none.</summary>
    public int TcpStream { get; }

    /// <summary>The UDP conversation that it follows; -1 if it follows none.</summary>
    public int UdpConversation { get; }

    /// <summary>The packet that was decoded last; 0 before the first.</summary>
    public long Position { get; private set; }

    /// <summary>Whether it knows what other conversations announced: those of a capture that was still being read were not all known.</summary>
    public bool IsFinal { get; }

    /// <summary>Whether a packet is of its conversation.</summary>
    public bool Follows(in PacketRecord record) => (TcpStream, UdpConversation) == (record.TcpStream, record.UdpConversation) && (TcpStream >= 0 || UdpConversation >= 0);

    /// <summary>Decodes up to a packet of the conversation.</summary>
    /// <param name="number">The packet.</param>
    /// <param name="handler">Told of it, and of nothing before it.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public void GoTo(long number, DecodePipeline.PacketHandler handler, CancellationToken cancellationToken)
    {
        if (Position != number)
        {
            Walk(number, null, cancellationToken);
        }

        Decode(number, _index.Record(number), handler);
    }

    /// <summary>Decodes a conversation from its beginning.</summary>
    /// <param name="last">A packet of the conversation, the last one that is decoded.</param>
    /// <param name="handler">Told of each; ends it by returning false. Null to leave checkpoints alone.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public void Run(long last, DecodePipeline.PacketHandler? handler, CancellationToken cancellationToken)
    {
        if (Walk(last, handler, cancellationToken))
        {
            Decode(last, _index.Record(last), handler);
        }
    }

    // Decodes the packets of the conversation between the last one decoded and this one.
    private bool Walk(long number, DecodePipeline.PacketHandler? handler, CancellationToken cancellationToken)
    {
        PacketRecord record = _index.Record(number);
        if (TcpStream < 0 && UdpConversation < 0)
        {
            return true;
        }

        if (((long)record.Ordinal - _ordinal) * Sparse < number - Position)
        {
            foreach (long between in Between(record))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!Decode(between, _records[between], handler))
                {
                    return false;
                }
            }

            return true;
        }

        for (long at = Position + 1; at < number; at++)
        {
            if ((at & 0xFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            PacketRecord next = _records[at];
            bool isOwn = TcpStream >= 0 ? next.TcpStream == TcpStream : next.UdpConversation == UdpConversation;
            if (isOwn && !Decode(at, next, handler))
            {
                return false;
            }
        }

        return true;
    }

    private List<long> Between(in PacketRecord record)
    {
        var numbers = new List<long>();
        for (long at = Previous(record); at > Position; at = Previous(_records[at]))
        {
            numbers.Add(at);
        }

        numbers.Reverse();
        return numbers;
    }

    private long Previous(in PacketRecord record) => TcpStream >= 0 ? record.PreviousInTcp : record.PreviousInUdp;

    private bool Decode(long number, PacketRecord record, DecodePipeline.PacketHandler? handler)
    {
        if (record.Has(PacketTraits.IsFragment) && Position != number)
        {
            DecodeFragmentsBefore(record);
            _lastFragment = number;
        }

        // Decoded again where it stands, it would be a retransmission of itself.
        bool hasComment = handler is not null && record.Has(PacketTraits.HasComment);
        var packet = new CapturedPacket(
            number, _index.InterfaceOf(record), record.Has(PacketTraits.HasTime) ? record.Time : null, record.OriginalLength, _bytes.Of(record),
            hasComment ? _index.CommentOf(record) : null);
        if (Position != number)
        {
            _decoder.Decode(packet, _decoded);
            (Position, _ordinal) = (number, record.Ordinal);
            _decoded.RenumberUdp(record.OuterUdpConversation, record.MiddleUdpConversation, record.UdpConversation);
            if (_decoded.Session is { } session)
            {
                // That another stream had the same ports before is known to who saw it.
                session.Analysis |= (TcpAnalysisFlags)record.Marks & TcpAnalysisFlags.PortsReused;
            }

            LeaveCheckpoint(record);
        }

        if (handler is null)
        {
            return true;
        }

        if (packet.Time is { } time)
        {
            _decoded.RelativeTime = unchecked(time - (_index.FirstTime ?? 0));
            _decoded.DeltaTime = unchecked(time - _index.TimeBefore(number));
        }

        return handler(packet, _decoded);
    }

    private void LeaveCheckpoint(in PacketRecord record)
    {
        if (_checkpoints is null || !IsFinal)
        {
            return;
        }

        (_passedPackets, _passedBytes) = (_passedPackets + 1, _passedBytes + record.CapturedLength);
        if (!_checkpoints.MayBeDue(_passedPackets, _passedBytes))
        {
            return;
        }

        if (_checkpoints.Offer((TcpStream, UdpConversation), _checkpoint, _passedPackets, _passedBytes, new Checkpoint(Position, _decoder, _lastFragment)))
        {
            (_checkpoint, _passedPackets, _passedBytes) = (Position, 0, 0);
        }
    }

    private void DecodeFragmentsBefore(in PacketRecord record)
    {
        var numbers = new List<long>();
        for (long at = record.PreviousFragment; at > _lastFragment && at > 0 && numbers.Count < MaxFragments; at = _index.Record(at).PreviousFragment)
        {
            numbers.Add(at);
        }

        numbers.Reverse();
        foreach (long number in numbers)
        {
            PacketRecord fragment = _index.Record(number);

            // Those of this conversation are decoded as part of it; of the others only their datagrams matter, and no stream.
            bool isOwn = TcpStream >= 0 ? fragment.TcpStream == TcpStream : UdpConversation >= 0 && fragment.UdpConversation == UdpConversation;
            if (!isOwn)
            {
                _decoder.Dissect(
                    new CapturedPacket(number, _index.InterfaceOf(fragment), fragment.Has(PacketTraits.HasTime) ? fragment.Time : null, fragment.OriginalLength, _bytes.Of(fragment)),
                    new DecodedPacket());
            }
        }
    }
}
