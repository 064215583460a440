using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>A machine on a <see cref="VirtualNetwork"/>: an address, one timer, and what to do when a datagram arrives.</summary>
public sealed class VirtualHost
{
    private readonly VirtualNetwork _network;

    internal VirtualHost(VirtualNetwork network, DatagramAddress address)
    {
        _network = network;
        Address = address;
    }

    /// <summary>Takes a datagram that arrived.</summary>
    /// <param name="datagram">Its bytes, valid during the call.</param>
    /// <param name="from">Its sender.</param>
    /// <param name="ecn">Its ECN field.</param>
    public delegate void DatagramHandler(ReadOnlySpan<byte> datagram, DatagramAddress from, EcnCodepoint ecn);

    /// <summary>Where the host is reached.</summary>
    public DatagramAddress Address { get; }

    /// <summary>Called for each datagram that arrives.</summary>
    public DatagramHandler? OnReceive { get; set; }

    /// <summary>Called when <see cref="Timer"/> has come; the timer is off by then.</summary>
    public Action? OnTimer { get; set; }

    /// <summary>When the host wants to be called; <see cref="Instant.Never"/> for not at all.</summary>
    public Instant Timer { get; set; } = Instant.Never;

    // Whom it sent to last, and over which link.
    internal EmulatedLink<VirtualNetwork.Route>? LastLink { get; set; }

    internal DatagramAddress LastReceiver { get; set; }

    /// <summary>Sends a datagram over the route to its receiver; without a route it is lost.</summary>
    /// <param name="datagram">Its payload.</param>
    /// <param name="to">Its receiver.</param>
    /// <param name="ecn">Its ECN field.</param>
    public void Send(ReadOnlySpan<byte> datagram, DatagramAddress to, EcnCodepoint ecn = EcnCodepoint.NotEct) => _network.Send(this, datagram, to, ecn);
}
