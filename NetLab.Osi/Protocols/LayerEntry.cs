using NetLab.Osi.Model;

namespace NetLab.Osi.Protocols;

/// <summary>One protocol found in a packet: where it is and which layer's work it does.</summary>
public readonly struct LayerEntry
{
    // Less than a cache line: a packet has five to ten of them, and they are written for every packet.
    private readonly ushort _buffer;

    internal LayerEntry(
        Protocol protocol, OsiLayer layer, int offset, int headerLength, int length, int wireLength, int buffer = 0, bool isQuoted = false, LayerDetail? detail = null,
        bool isResumed = false)
    {
        (Protocol, Layer, Offset, HeaderLength, Length, WireLength) = (protocol, layer, offset, headerLength, length, wireLength);
        (_buffer, IsQuoted, Detail, IsResumed) = ((ushort)buffer, isQuoted, detail, isResumed);
    }

    /// <summary>The protocol.</summary>
    public Protocol Protocol { get; }

    /// <summary>The layer.</summary>
    public OsiLayer Layer { get; }

    /// <summary>Whether it is quoted in an ICMP error: the header of another packet, not a header of this one.</summary>
    public bool IsQuoted { get; }

    /// <summary>Whether it belongs to a message of a stream of which something before was not captured: what began there is not known.</summary>
    public bool IsResumed { get; }

    /// <summary>Which bytes it was read from: 0 the packet's own, above it what was reassembled or decrypted from several.</summary>
    public int Buffer => _buffer;

    /// <summary>Where its header begins in its buffer.</summary>
    public int Offset { get; }

    /// <summary>Bytes of header.</summary>
    public int HeaderLength { get; }

    /// <summary>Bytes of header and what it carries, as far as captured.</summary>
    public int Length { get; }

    /// <summary>Bytes of header and what it carries as on the wire, as the lengths above say: more than captured when the packet was cut.</summary>
    public int WireLength { get; }

    /// <summary>Whether all of it was captured.</summary>
    public bool IsWhole => Length == WireLength;

    /// <summary>Whether the packet brings only a part of a message of the protocol, which another packet completes.</summary>
    public bool IsPart => HeaderLength == 0 && Length > 0 && Layer != OsiLayer.Physical;

    /// <summary>Where what it carries begins.</summary>
    public int PayloadOffset => Offset + HeaderLength;

    /// <summary>Bytes it carries, as far as captured.</summary>
    public int PayloadLength => Length - HeaderLength;

    /// <summary>What its bytes alone do not tell; null when they do.</summary>
    public LayerDetail? Detail { get; }
}
