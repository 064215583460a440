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

    internal int UdpStream { get; set; }

    /// <summary>The segment that its conversation has not seen yet; null if there is none.</summary>
    internal PendingSegment? Pending { get; set; }

    /// <summary>The bytes an entry was read from.</summary>
    /// <param name="packet">The packet's own bytes.</param>
    /// <param name="entry">The entry.</param>
    public ReadOnlySpan<byte> BufferOf(ReadOnlySpan<byte> packet, in LayerEntry entry) => entry.Buffer == 0 ? packet : _buffers[entry.Buffer - 1];

    /// <summary>What a datagram of a UDP conversation carries.</summary>
    /// <param name="packet">The packet's own bytes.</param>
    /// <param name="conversation">The conversation's number.</param>
    /// <param name="payload">The datagram's payload, as far as captured.</param>
    /// <param name="source">The port it was sent from.</param>
    /// <returns>False if the packet holds none of that conversation.</returns>
    public bool UdpPayload(ReadOnlySpan<byte> packet, int conversation, out ReadOnlySpan<byte> payload, out int source)
    {
        if (conversation == UdpStream)
        {
            foreach (ref readonly LayerEntry entry in Entries)
            {
                if (entry.Protocol == ProtocolId.Udp && !entry.IsQuoted)
                {
                    ReadOnlySpan<byte> buffer = BufferOf(packet, entry);
                    payload = buffer.Slice(entry.PayloadOffset, entry.PayloadLength);
                    source = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(buffer[entry.Offset..]);
                    return true;
                }
            }
        }

        payload = default;
        source = 0;
        return false;
    }

    internal void Reset()
    {
        // Details are references: they must not keep a whole stream's messages alive.
        Array.Clear(_entries, 0, Count);
        (Count, Stop, UdpStream, Pending, _hasFacts) = (0, null, -1, null, false);
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
