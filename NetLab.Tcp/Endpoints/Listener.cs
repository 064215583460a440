using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Endpoints;

/// <summary>LISTEN: who wants in, and for how many there is room.</summary>
/// <param name="options">How accepted connections behave.</param>
/// <param name="backlog">How many may be half open or established and not yet accepted, together.</param>
/// <param name="createHandler">Makes the handler of a connection about to be.</param>
internal sealed class Listener(ConnectionOptions options, int backlog, Func<DatagramAddress, IConnectionHandler> createHandler)
{
    /// <summary>The TCP port that is listened at; null for any, where the carrier's own port says who is meant.</summary>
    public ushort? Port { get; init; }

    /// <summary>How connections behave that are accepted from IPv6, where that is another MTU; null for as all others.</summary>
    public ConnectionOptions? OptionsOfIpv6 { get; init; }

    /// <summary>How a connection accepted from a peer behaves.</summary>
    public ConnectionOptions OptionsFor(in DatagramAddress peer) => OptionsOfIpv6 is { } others && !peer.IsIPv4 ? others : options;

    /// <summary>Connections whose handshake is under way.</summary>
    public int HalfOpen { get; set; }

    /// <summary>Connections established and not yet accepted by the application.</summary>
    public int Waiting { get; set; }

    /// <summary>Whether a SYN may become a connection.</summary>
    public bool HasRoom => HalfOpen + Waiting < backlog;

    /// <summary>Whether a connection that is established at once would find room: half-open ones make no claim on it.</summary>
    public bool HasRoomForEstablished => Waiting < backlog;

    /// <summary>Makes the handler of a connection about to be.</summary>
    public IConnectionHandler CreateHandler(DatagramAddress peer) => createHandler(peer);
}
