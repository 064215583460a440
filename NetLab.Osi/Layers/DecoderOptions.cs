namespace NetLab.Osi.Layers;

/// <summary>How a <see cref="PacketDecoder"/> works.</summary>
public sealed record DecoderOptions
{
    /// <summary>UDP ports whose payload is always read as NetLab's TCP, even if its checksum is wrong.</summary>
    public IReadOnlySet<int> TcpOverUdpPorts { get; init; } = new HashSet<int>();
}
