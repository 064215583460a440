using NetLab.Osi.Layers;
using NetLab.Osi.Transport.Quic;

namespace NetLab.Osi.Transport;

/// <summary>A UDP conversation.</summary>
internal sealed class UdpFlow(int number)
{
    /// <summary>Its number, from 0 in the order of first packets.</summary>
    public int Number { get; } = number;

    /// <summary>Whether it was seen to carry NetLab's TCP.</summary>
    public bool CarriesTcp { get; set; }

    /// <summary>Datagrams that looked like segments so far.</summary>
    public int TcpLikeDatagrams { get; set; }

    /// <summary>What it was found to carry where ports do not say; null as long as it was not.</summary>
    public ProtocolId? Application { get; set; }

    /// <summary>What is known of the QUIC connection it carries.</summary>
    public QuicConnection? Quic { get; set; }
}
