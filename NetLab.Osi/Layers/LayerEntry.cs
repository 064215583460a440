namespace NetLab.Osi.Layers;

/// <summary>One protocol found in a packet: where it is and which layer's work it does.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Offset">Where its header begins in its buffer.</param>
/// <param name="HeaderLength">Bytes of header.</param>
/// <param name="Length">Bytes of header and what it carries, as far as captured.</param>
public readonly record struct LayerEntry(ProtocolId Protocol, OsiLayer Layer, int Offset, int HeaderLength, int Length)
{
    /// <summary>Where what it carries begins.</summary>
    public int PayloadOffset => Offset + HeaderLength;

    /// <summary>Bytes it carries, as far as captured.</summary>
    public int PayloadLength => Length - HeaderLength;

    /// <summary>Bytes of header and what it carries as on the wire, as the lengths above say: more than captured when the packet was cut.</summary>
    public int WireLength { get; init; }

    /// <summary>Whether all of it was captured.</summary>
    public bool IsWhole => Length == WireLength;

    /// <summary>Which bytes it was read from: 0 the packet's own, above it what was reassembled or decrypted from several.</summary>
    public int Buffer { get; init; }

    /// <summary>Whether it is quoted in an ICMP error: the header of another packet, not a header of this one.</summary>
    public bool IsQuoted { get; init; }

    /// <summary>What its bytes alone do not tell; null when they do.</summary>
    internal LayerDetail? Detail { get; init; }
}
