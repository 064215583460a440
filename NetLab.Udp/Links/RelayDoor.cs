using NetLab.Udp.Sockets;

namespace NetLab.Udp.Links;

/// <summary>Where clients of a relay send to, and where that leads.</summary>
internal sealed class RelayDoor(int index, DatagramSocket socket, LinkRoute route)
{
    public int Index { get; } = index;

    public DatagramSocket Socket { get; } = socket;

    public DatagramAddress Target { get; } = DatagramAddress.From(route.Target);

    public bool IsReversed { get; } = route.IsReversed;
}
