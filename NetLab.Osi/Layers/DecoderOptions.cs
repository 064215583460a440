namespace NetLab.Osi.Layers;

/// <summary>How a <see cref="PacketDecoder"/> works.</summary>
public sealed record DecoderOptions
{
    /// <summary>UDP ports whose payload is always read as NetLab's TCP, even if its checksum is wrong.</summary>
    public IReadOnlySet<int> TcpOverUdpPorts { get; init; } = new HashSet<int>();

    /// <summary>Whether the SHA-256 of each TCP direction is kept; it costs as much as the rest of a decode.</summary>
    public bool HashStreams { get; init; } = true;

    /// <summary>Whether HTTP bodies are kept until they end, to be decoded and hashed.</summary>
    public bool DecodeBodies { get; init; } = true;
}
