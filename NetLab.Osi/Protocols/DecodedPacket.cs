using NetLab.Osi.Decoding;
using NetLab.Osi.Model;

namespace NetLab.Osi.Protocols;

/// <summary>
/// What was found in a packet: a table of protocols in the order of their headers, and why decoding stopped if it did.
/// One object serves packet after packet; fields are told on demand by <see cref="PacketDecoder.Describe(ReadOnlySpan{byte}, DecodedPacket, IFieldSink)"/>.
/// </summary>
public sealed class DecodedPacket
{
    private readonly List<byte[]> _buffers = [];
    private LayerEntry[] _entries = new LayerEntry[16];
    private PendingSegment[] _pending = new PendingSegment[1];
    private int _pendingCount;
    private object? _facts;
    private bool _hasDetails;

    /// <summary>The protocols, outermost first.</summary>
    public ReadOnlySpan<LayerEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Why decoding stopped before the end of the packet; null if it did not.</summary>
    public DecodeStop? Stop { get; internal set; }

    /// <summary>The packet's ordinal in its file.</summary>
    public long Number { get; internal set; }

    /// <summary>Its ordinal as Wireshark counts: custom blocks of pcapng before it as well.</summary>
    public long FrameNumber { get; internal set; }

    /// <summary>Nanoseconds since 1970-01-01 UTC, or null.</summary>
    public long? Time { get; internal set; }

    /// <summary>Nanoseconds since the first packet of the capture that has a time.</summary>
    public long RelativeTime { get; internal set; }

    /// <summary>Nanoseconds since the packet before it that has a time.</summary>
    public long DeltaTime { get; internal set; }

    /// <summary>Bytes it had on the wire.</summary>
    public long OriginalLength { get; internal set; }

    /// <summary>Bytes captured.</summary>
    public int CapturedLength { get; internal set; }

    /// <summary>LINKTYPE_ number.</summary>
    public int LinkType { get; internal set; }

    /// <summary>The name of the interface it was captured on, or null.</summary>
    public string? InterfaceName { get; internal set; }

    /// <summary>A note that the capture holds on it, or null.</summary>
    public string? Comment { get; internal set; }

    /// <summary>Whether the capture holds less of the packet than there was on the wire.</summary>
    public bool IsCut => CapturedLength < OriginalLength;

    /// <summary>The number of the TCP stream that its segment belongs to; null if it has none.</summary>
    public int? TcpStreamNumber { get; internal set; }

    /// <summary>Whether what a segment means in its stream is known; <see cref="FactsAs"/> has it.</summary>
    internal bool HasFacts { get; private set; }

    /// <summary>What the packet says of other conversations, to be taken note of in the order of packets.</summary>
    internal List<Expectation> Expectations { get; } = [];

    /// <summary>The UDP layer whose payload no port and no bytes told, so that it was noted as data; -1 if there is none.</summary>
    internal int Undecided { get; set; }

    internal int Count { get; private set; }

    /// <summary>The UDP conversations of its datagrams: the layer of each, its number, and whether the end that began it sent it.</summary>
    internal List<PacketConversation> UdpConversations { get; } = [];

    /// <summary>The segments that their conversations have not seen yet: one, but for a batch that is cut later.</summary>
    internal ReadOnlySpan<PendingSegment> Pending => _pending.AsSpan(0, _pendingCount);

    /// <summary>The bytes an entry was read from.</summary>
    /// <param name="packet">The packet's own bytes.</param>
    /// <param name="entry">The entry.</param>
    public ReadOnlySpan<byte> BufferOf(ReadOnlySpan<byte> packet, scoped in LayerEntry entry) => entry.Buffer == 0 ? packet : _buffers[entry.Buffer - 1];

    /// <summary>What a datagram of a UDP conversation carries.</summary>
    /// <param name="packet">The packet's own bytes.</param>
    /// <param name="conversation">The conversation's number.</param>
    /// <param name="payload">The datagram's payload, as far as captured.</param>
    /// <param name="fromFirst">Whether the end that sent the conversation's first datagram sent this one.</param>
    /// <returns>False if the packet holds none of that conversation.</returns>
    public bool UdpPayload(ReadOnlySpan<byte> packet, int conversation, out ReadOnlySpan<byte> payload, out bool fromFirst)
    {
        foreach ((int index, int number, bool isFromFirst) in UdpConversations)
        {
            if (number == conversation)
            {
                LayerEntry entry = _entries[index];
                payload = BufferOf(packet, entry).Slice(entry.PayloadOffset, entry.PayloadLength);
                fromFirst = isFromFirst;
                return true;
            }
        }

        payload = default;
        fromFirst = false;
        return false;
    }

    /// <summary>Whether the end that began the last of its UDP conversations sent it.</summary>
    internal bool IsFromFirst => UdpConversations.Count > 0 && UdpConversations[^1].FromFirst;

    /// <summary>The number of the UDP conversation that a layer belongs to; -1 if it belongs to none.</summary>
    internal int UdpConversationOf(int index)
    {
        foreach ((int layer, int number, _) in UdpConversations)
        {
            if (layer == index)
            {
                return number;
            }
        }

        return -1;
    }

    /// <summary>Gives its UDP conversations the numbers that they have in the whole capture; of more than three, those between keep theirs.</summary>
    internal void RenumberUdp(int outermost, int second, int innermost)
    {
        if (UdpConversations.Count > 2)
        {
            UdpConversations[1] = UdpConversations[1] with { Number = second };
        }

        if (UdpConversations.Count > 0)
        {
            UdpConversations[0] = UdpConversations[0] with { Number = outermost };
            UdpConversations[^1] = UdpConversations[^1] with { Number = innermost };
        }
    }

    internal void Reset()
    {
        if (_hasDetails)
        {
            // They are references: they must not keep a whole stream's messages alive.
            Array.Clear(_entries, 0, Count);
            _hasDetails = false;
        }

        (Count, Stop, HasFacts, _pendingCount) = (0, null, false, 0);
        (TcpStreamNumber, Undecided) = (null, -1);
        UdpConversations.Clear();
        Expectations.Clear();
        if (_buffers.Count > 0)
        {
            _buffers.Clear();
        }
    }

    /// <summary>Notes a segment that its conversation has to see.</summary>
    internal void AddPending(in PendingSegment segment)
    {
        if (_pendingCount == _pending.Length)
        {
            Array.Resize(ref _pending, _pendingCount * 4);
        }

        _pending[_pendingCount++] = segment;
    }

    /// <summary>Says that the conversations have seen them.</summary>
    internal void ClearPending() => _pendingCount = 0;

    /// <summary>The place of one more entry.</summary>
    /// <param name="hasDetail">Whether it will refer to what is not in the packet's bytes.</param>
    internal ref LayerEntry Next(bool hasDetail)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        _hasDetails |= hasDetail;
        return ref _entries[Count++];
    }

    /// <summary>Whether one more buffer may be kept: a packet of many small messages has as many as it has layers.</summary>
    internal bool HasRoomForBuffer => _buffers.Count < 1024;

    /// <summary>Keeps bytes that were put together from several packets, or decrypted.</summary>
    /// <returns>The number of the buffer.</returns>
    internal int AddBuffer(byte[] bytes)
    {
        _buffers.Add(bytes);
        return _buffers.Count;
    }

    /// <summary>What the packet's segment means, to be filled in; one object serves packet after packet.</summary>
    internal T BeginFacts<T>()
        where T : class, new()
    {
        HasFacts = true;
        return (T)(_facts ??= new T());
    }

    /// <summary>What the packet's segment means in its stream; null if it has none.</summary>
    internal T? FactsAs<T>()
        where T : class => HasFacts ? _facts as T : null;

    /// <summary>Takes back the last entry: its bytes turned out to be of a protocol.</summary>
    internal void RemoveLast() => _entries[--Count] = default;

    /// <summary>
    /// The protocol that carries the one at a position, or -1 at the outermost. Of IPv6 with extension headers it is the
    /// IPv6 header, which holds the addresses.
    /// </summary>
    internal int CarrierOf(int index)
    {
        while (--index >= 0)
        {
            if (!_entries[index].Protocol.IsExtensionHeader)
            {
                break;
            }
        }

        return index;
    }

    /// <summary>A detail of a protocol that the packet has already, so that a second message joins the first.</summary>
    internal T? FindDetail<T>()
        where T : LayerDetail
    {
        for (int i = 0; i < Count; i++)
        {
            if (_entries[i].Detail is T detail)
            {
                return detail;
            }
        }

        return null;
    }
}
