using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Indexing;

/// <summary>
/// A decoder that is given only the packets of one conversation, and the fragments before them, and so says of them what a decode of the whole
/// capture says. It stands behind the packet it was asked for last, and goes on from there.
/// </summary>
internal sealed class ConversationReplay
{
    // A datagram has at most 8191 fragments; common are two to forty-five.
    private const int MaxFragments = 256;

    private readonly CaptureIndex _index;
    private readonly PacketBytes _bytes;
    private readonly PacketDecoder _decoder;
    private readonly DecodedPacket _decoded = new();
    private long _lastFragment;

    /// <summary>Begins at the beginning of a packet's conversation.</summary>
    /// <param name="index">The capture.</param>
    /// <param name="record">The packet.</param>
    /// <param name="options">How packets are decoded.</param>
    public ConversationReplay(CaptureIndex index, in PacketRecord record, DecoderOptions options)
    {
        _index = index;
        _bytes = new PacketBytes(index);
        _decoder = new PacketDecoder(options);
        (TcpStream, UdpConversation) = (record.TcpStream, record.UdpConversation);
        _decoder.StartAt(Math.Max(0, TcpStream), Math.Max(0, UdpConversation), index.Whole);
        if (index.KeyLog is { Length: > 0 } keys)
        {
            _decoder.AddKeyLog(keys);
        }
    }

    /// <summary>The TCP stream that it follows; -1 if it follows none.</summary>
    public int TcpStream { get; }

    /// <summary>The UDP conversation that it follows; -1 if it follows none.</summary>
    public int UdpConversation { get; }

    /// <summary>The packet that was decoded last; 0 before the first.</summary>
    public long Position { get; private set; }

    /// <summary>Whether it can go on to a packet.</summary>
    public bool LeadsTo(in PacketRecord record, long number) =>
        Position > 0 && Position <= number && (TcpStream, UdpConversation) == (record.TcpStream, record.UdpConversation) && (TcpStream >= 0 || UdpConversation >= 0);

    /// <summary>Decodes up to a packet of the conversation.</summary>
    /// <param name="number">The packet.</param>
    /// <param name="handler">Told of it, and of nothing before it.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public void GoTo(long number, DecodePipeline.PacketHandler handler, CancellationToken cancellationToken)
    {
        PacketRecord record = _index.Record(number);
        if (Position != number)
        {
            long[] before = Before(record);
            for (int i = 0; i < before.Length; i++)
            {
                if ((i & 0xFFF) == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                Decode(before[i], _index.Record(before[i]), null);
            }
        }

        Decode(number, record, handler);
        Position = number;
    }

    /// <summary>Decodes a conversation from its beginning.</summary>
    /// <param name="last">A packet of the conversation, the last one that is decoded.</param>
    /// <param name="handler">Told of each; ends it by returning false.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public void Run(long last, DecodePipeline.PacketHandler handler, CancellationToken cancellationToken)
    {
        PacketRecord record = _index.Record(last);
        foreach (long number in (long[])[.. Before(record), last])
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!Decode(number, _index.Record(number), handler))
            {
                return;
            }
        }
    }

    // The packets of the conversation that stand between the last one decoded and this one.
    private long[] Before(in PacketRecord record)
    {
        var numbers = new List<long>();
        for (long at = Previous(record); at > Position; at = Previous(_index.Record(at)))
        {
            numbers.Add(at);
        }

        numbers.Reverse();
        return [.. numbers];
    }

    private long Previous(in PacketRecord record) => TcpStream >= 0 ? record.PreviousInTcp : UdpConversation >= 0 ? record.PreviousInUdp : 0;

    private bool Decode(long number, in PacketRecord record, DecodePipeline.PacketHandler? handler)
    {
        if (record.Has(PacketTraits.IsFragment))
        {
            DecodeFragmentsBefore(record);
            _lastFragment = number;
        }

        // Decoded again where it stands, it would be a retransmission of itself.
        var packet = new CapturedPacket(
            number, _index.InterfaceOf(record), record.Has(PacketTraits.HasTime) ? record.Time : null, record.OriginalLength, _bytes.Of(record),
            record.Has(PacketTraits.HasComment) ? _index.CommentOf(record) : null);
        if (Position != number)
        {
            _decoder.Decode(packet, _decoded);
            Position = number;
            _decoded.RenumberUdp(record.OuterUdpConversation, record.MiddleUdpConversation, record.UdpConversation);
            if (packet.Time is { } time)
            {
                _decoded.RelativeTime = unchecked(time - (_index.FirstTime ?? 0));
                _decoded.DeltaTime = unchecked(time - _index.TimeBefore(number));
            }
        }

        return handler is null || handler(packet, _decoded);
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
