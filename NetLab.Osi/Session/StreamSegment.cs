using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>The segment whose bytes a stream's parsers are given: where what they find is shown.</summary>
public readonly ref struct StreamSegment
{
    private readonly Dissection _dissection;
    private readonly StreamMemory _memory;
    private readonly int _payload;
    private readonly int _end;

    internal StreamSegment(
        Dissection dissection, TcpStream stream, StreamApplication application, StreamMemory memory, bool fromClient, int payload, int end, bool isDecrypted = false, bool isCut = false)
    {
        _dissection = dissection;
        (_memory, _payload, _end) = (memory, payload, end);
        (Stream, Application, FromClient, IsDecrypted, IsCut) = (stream, application, fromClient, isDecrypted, isCut);
    }

    /// <summary>The stream.</summary>
    public TcpStream Stream { get; }

    /// <summary>Whether the stream's client sent it.</summary>
    public bool FromClient { get; }

    /// <summary>The ordinal of its packet in the file.</summary>
    internal long PacketNumber => _dissection.Result.Number;

    /// <summary>What the bytes are a part of.</summary>
    public StreamApplication Application { get; }

    /// <summary>The direction the segment belongs to, as its parser sees it.</summary>
    internal StreamSide Side => Application.Side(FromClient);

    /// <summary>Whether the bytes were encrypted on the wire, so that ports say nothing of them.</summary>
    public bool IsDecrypted { get; }

    /// <summary>Whether the capture cut its end off.</summary>
    internal bool IsCut { get; }

    /// <summary>The protocols that are known.</summary>
    public ProtocolRegistry Registry => _dissection.Registry;

    internal StreamOptions Options => Application.Options;

    /// <summary>What a protocol remembers in this decoder, of streams: it has nothing in common with what <see cref="Dissection.Recall"/> gives to dissectors of datagrams.</summary>
    public T Recall<T>(MemorySlot<T> slot)
        where T : class => _dissection.Recall(slot);

    /// <inheritdoc cref="Dissection.Expect"/>
    public void Expect(Protocol protocol, System.Net.IPAddress address, int port, bool isImplied = false) => _dissection.Expect(protocol, address, port, isImplied);

    /// <summary>Takes a whole message apart like a datagram; its layers are shown on this packet.</summary>
    /// <param name="protocol">Its protocol.</param>
    /// <param name="message">The message, or the beginning of one that is too long to be kept.</param>
    /// <param name="length">Its bytes on the wire.</param>
    /// <returns>False when it is not of the protocol.</returns>
    public bool Dissect(Protocol protocol, ReadOnlySpan<byte> message, int length)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        Stream.Recognize(protocol);
        StreamConversation conversation = Conversation();
        if (!IsDecrypted && _dissection.Bytes.Overlaps(message, out int offset))
        {
            // All of it is in this packet: it is read where it stands.
            return protocol.Dissect(_dissection.EndingAt(offset + length).In(conversation), offset, offset + message.Length);
        }

        byte[] copy = message.ToArray();
        return _dissection.Result.HasRoomForBuffer && protocol.Dissect(_dissection.Into(copy).EndingAt(length).In(conversation), 0, copy.Length);
    }

    /// <summary>Takes bytes apart that a message holds in another form: the stream does not speak their protocol.</summary>
    /// <param name="protocol">Their protocol.</param>
    /// <param name="bytes">The bytes, which the packet keeps.</param>
    internal bool DissectInside(Protocol protocol, byte[] bytes) => _dissection.Result.HasRoomForBuffer && protocol.Dissect(_dissection.Into(bytes), 0, bytes.Length);

    /// <summary>The same segment, for what was decrypted of it.</summary>
    internal StreamSegment Inside(StreamApplication inner) => new(_dissection, Stream, inner, _memory, FromClient, _payload, _end, true);

    /// <summary>Whether the stream may hold so many bytes more.</summary>
    public bool TryHold(long bytes) => _memory.TryHold(Stream, bytes);

    /// <summary>The stream holds so many bytes less.</summary>
    public void Release(long bytes) => _memory.Release(Stream, bytes);

    /// <summary>The detail of a protocol on this packet: a second message joins the first.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="create">Makes a detail; a constructor called by type parameter would cost several times as much.</param>
    public T Layer<T>(Protocol protocol, Func<T> create)
        where T : LayerDetail
    {
        ArgumentNullException.ThrowIfNull(create);
        Stream.Recognize(protocol);
        if (_dissection.Result.FindDetail<T>() is { } found)
        {
            return found;
        }

        T detail = create();
        Shown.Add(protocol, _payload, _end - _payload, _end, detail);
        return detail;
    }

    /// <summary>One more message of a protocol on this packet, whose fields are to be filled in.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="list">The field under which its messages are shown.</param>
    internal FieldValues Message(Protocol protocol, Field list) => MessagesOf(protocol, list).Begin();

    /// <summary>The messages of a protocol on this packet, which may be none yet.</summary>
    internal MessagesDetail MessagesOf(Protocol protocol, Field list)
    {
        Stream.Recognize(protocol);
        foreach (LayerEntry entry in _dissection.Result.Entries)
        {
            if (entry.Protocol == protocol && entry.Detail is MessagesDetail messages)
            {
                return messages;
            }
        }

        var detail = new MessagesDetail(list);
        Shown.Add(protocol, _payload, _end - _payload, _end, detail);
        return detail;
    }

    /// <summary>A message that is a layer of its own on this packet.</summary>
    public void Add(Protocol protocol, LayerDetail detail)
    {
        Stream.Recognize(protocol);
        Shown.Add(protocol, _payload, _end - _payload, _end, detail);
    }

    /// <summary>Shows that the packet brings a part of a protocol's message, or a part that says nothing by itself.</summary>
    public void Part(Protocol protocol)
    {
        Stream.Recognize(protocol);
        Shown.Add(protocol, _payload, 0, _end);
    }

    /// <summary>Shows a protocol on this packet that ends a message there, unless it is shown already.</summary>
    internal void Show(Protocol protocol)
    {
        foreach (LayerEntry entry in _dissection.Result.Entries)
        {
            if (entry.Protocol == protocol)
            {
                return;
            }
        }

        Part(protocol);
    }

    // Where a layer of the segment is added: behind a hole it is marked as such, as a message that is dissected there.
    private Dissection Shown => Side.IsResuming ? _dissection.In(Conversation()) : _dissection;

    private StreamConversation Conversation()
    {
        StreamConversation conversation = Application.Conversation ??= new StreamConversation(Stream.Number);
        conversation.IsFromClient = FromClient != Application.IsInverted;
        conversation.IsResumed = Side.IsResuming;
        return conversation;
    }

    /// <summary>Bytes of no known protocol.</summary>
    public void Data() => _dissection.Data(OsiLayer.Application, _payload, _end);
}
