using NetLab.Osi.Application;
using NetLab.Osi.Session;

namespace NetLab.Osi.Layers;

/// <summary>
/// What was found in a packet: a table of protocols in the order of their headers, and why decoding stopped if it did.
/// One object serves packet after packet; fields are told on demand by <see cref="PacketDecoder.Describe"/>.
/// </summary>
public sealed class DecodedPacket
{
    private readonly List<LayerEntry> _entries = [];

    /// <summary>The protocols, outermost first.</summary>
    public IReadOnlyList<LayerEntry> Entries => _entries;

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

    /// <summary>Whether the capture holds less of the packet than there was on the wire.</summary>
    public bool IsCut => CapturedLength < OriginalLength;

    /// <summary>What the packet's TCP segment means in its conversation; null if it has none.</summary>
    public TcpSegmentFacts? Session { get; internal set; }

    internal int UdpStream { get; set; }

    internal List<HttpMessage> HttpMessages { get; } = [];

    internal List<DnsMessage> DnsMessages { get; } = [];

    internal void Reset()
    {
        _entries.Clear();
        (Stop, Session, UdpStream) = (null, null, 0);
        HttpMessages.Clear();
        DnsMessages.Clear();
    }

    internal void Add(in LayerEntry entry) => _entries.Add(entry);

    /// <summary>
    /// The protocol that carries the one at a position, or null at the outermost. Of IPv6 with extension headers it is the
    /// IPv6 header, which holds the addresses.
    /// </summary>
    internal LayerEntry? CarrierOf(int index)
    {
        while (--index >= 0)
        {
            if (_entries[index].Protocol is not (ProtocolId.Ipv6HopByHop or ProtocolId.Ipv6DestinationOptions or ProtocolId.Ipv6Routing or ProtocolId.Ipv6Fragment))
            {
                return _entries[index];
            }
        }

        return null;
    }
}
