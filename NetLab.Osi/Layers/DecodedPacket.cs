using NetLab.Osi.Session;

namespace NetLab.Osi.Layers;

/// <summary>
/// What was found in a packet: a table of protocols in the order of their headers, and why decoding stopped if it did.
/// One object serves packet after packet; fields are told on demand by <see cref="PacketDecoder.Describe(ReadOnlySpan{byte}, DecodedPacket, IFieldSink)"/>.
/// </summary>
public sealed class DecodedPacket
{
    private readonly List<byte[]> _buffers = [];
    private readonly TcpSegmentFacts _facts = new();
    private LayerEntry[] _entries = new LayerEntry[16];
    private bool _hasFacts;

    /// <summary>The protocols, outermost first.</summary>
    public ReadOnlySpan<LayerEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Why decoding stopped before the end of the packet; null if it did not.</summary>
    public DecodeStop? Stop { get; internal set; }

    /// <summary>The packet's ordinal in its file.</summary>
    public long Number { get; internal set; }

    /// <summary>Nanoseconds since 1970-01-01 UTC, or null.</summary>
    public long? Time { get; internal set; }

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

    /// <summary>What the packet's TCP segment means in its conversation; null if it has none. Valid until the next packet.</summary>
    public TcpSegmentFacts? Session => _hasFacts ? _facts : null;

    internal int Count { get; private set; }

    /// <summary>The UDP conversations of its datagrams: the layer of each, its number, and whether the end that began it sent it.</summary>
    internal List<(int Index, int Number, bool FromFirst)> UdpConversations { get; } = [];

    /// <summary>The segment that its conversation has not seen yet; null if there is none.</summary>
    internal PendingSegment? Pending { get; set; }

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

    internal void Reset()
    {
        // Details are references: they must not keep a whole stream's messages alive.
        Array.Clear(_entries, 0, Count);
        (Count, Stop, Pending, _hasFacts) = (0, null, null, false);
        UdpConversations.Clear();
        if (_buffers.Count > 0)
        {
            _buffers.Clear();
        }
    }

    /// <summary>The place of one more entry.</summary>
    internal ref LayerEntry Next()
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        return ref _entries[Count++];
    }

    /// <summary>Keeps bytes that were put together from several packets, or decrypted.</summary>
    /// <returns>The number of the buffer.</returns>
    internal int AddBuffer(byte[] bytes)
    {
        _buffers.Add(bytes);
        return _buffers.Count;
    }

    /// <summary>What the packet's segment means, to be filled in.</summary>
    internal TcpSegmentFacts BeginSession()
    {
        _hasFacts = true;
        _facts.Reset();
        return _facts;
    }

    /// <summary>
    /// The protocol that carries the one at a position, or -1 at the outermost. Of IPv6 with extension headers it is the
    /// IPv6 header, which holds the addresses.
    /// </summary>
    internal int CarrierOf(int index)
    {
        while (--index >= 0)
        {
            if (_entries[index].Protocol is not (ProtocolId.Ipv6HopByHop or ProtocolId.Ipv6DestinationOptions or ProtocolId.Ipv6Routing
                or ProtocolId.Ipv6Fragment or ProtocolId.Ah))
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
