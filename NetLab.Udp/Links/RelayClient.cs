using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>A client of a relay, and the socket by which the target tells it from the others.</summary>
internal sealed class RelayClient(RelayDoor door, DatagramAddress address, DatagramSocket socket)
{
    public RelayDoor Door { get; } = door;

    public DatagramAddress Address { get; } = address;

    public DatagramSocket Socket { get; } = socket;

    public RelayClientStatistics Statistics { get; } = new(address);

    public Instant LastSeen { get; set; }

    /// <summary>Its datagrams may still be on the link; its socket is gone.</summary>
    public bool IsForgotten { get; set; }
}
