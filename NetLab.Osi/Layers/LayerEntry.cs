namespace NetLab.Osi.Layers;

/// <summary>One protocol found in a packet: where it is and which layer's work it does.</summary>
/// <param name="Protocol">The protocol.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Offset">Where its header begins in the packet.</param>
/// <param name="HeaderLength">Bytes of header.</param>
/// <param name="Length">Bytes of header and what it carries, as far as captured.</param>
public readonly record struct LayerEntry(ProtocolId Protocol, OsiLayer Layer, int Offset, int HeaderLength, int Length)
{
    /// <summary>Where what it carries begins.</summary>
    public int PayloadOffset => Offset + HeaderLength;

    /// <summary>Bytes it carries, as far as captured.</summary>
    public int PayloadLength => Length - HeaderLength;
}
