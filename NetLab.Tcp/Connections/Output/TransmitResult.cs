using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Connections.Output;

/// <summary>What <see cref="Connection.Transmit"/> wrote: segments back to back, ready to be one batch of datagrams.</summary>
/// <param name="Bytes">Bytes in all; 0 when there is nothing to send.</param>
/// <param name="SegmentSize">Bytes of each segment but the last, which may be shorter.</param>
public readonly record struct TransmitResult(int Bytes, int SegmentSize)
{
    /// <summary>What their IP headers have to say of congestion.</summary>
    public EcnCodepoint Ecn { get; init; }
}
