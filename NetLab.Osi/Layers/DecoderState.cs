using NetLab.Osi.Application;
using NetLab.Osi.Network;
using NetLab.Osi.Presentation;
using NetLab.Osi.Session;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Layers;

/// <summary>What a decoder remembers from packet to packet: conversations, and datagrams that are not whole yet.</summary>
internal sealed class DecoderState
{
    public DecoderState(DecoderOptions options)
    {
        Options = options;
        TcpStreams = new TcpStreams(options);
    }

    public DecoderOptions Options { get; }

    public TcpStreams TcpStreams { get; }

    public UdpFlows UdpFlows { get; } = new();

    /// <summary>Keys of TLS connections.</summary>
    public TlsSecrets Secrets { get; } = new();

    /// <summary>Where calls take media.</summary>
    public MediaPlaces Media { get; } = new();

    public FragmentReassembly Fragments { get; } = new();
}
