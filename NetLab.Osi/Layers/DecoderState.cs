using NetLab.Osi.Session;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Layers;

/// <summary>What a decoder remembers from packet to packet: conversations.</summary>
internal sealed class DecoderState(DecoderOptions options)
{
    public DecoderOptions Options { get; } = options;

    public TcpStreams TcpStreams { get; } = new();

    public UdpFlows UdpFlows { get; } = new();
}
