using System.Net;
using NetLab.Udp.Counters;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Links;

/// <summary>How a <see cref="LinkRelay"/> is set up.</summary>
public sealed record LinkRelayOptions
{
    /// <summary>Where clients send to; port 0 lets the system choose.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Where the relay passes their datagrams on to.</summary>
    public required IPEndPoint Target { get; init; }

    /// <summary>Whether clients stand at the link's far end: what they send goes down, and the answers up.</summary>
    public bool IsReversed { get; init; }

    /// <summary>Further ways through the same link, such as that of a probe beside the load; none by default.</summary>
    public IReadOnlyList<LinkRoute> MoreRoutes { get; init; } = [];

    /// <summary>What happens on the way.</summary>
    public required LinkDescription Link { get; init; }

    /// <summary>The seed when the link names none.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>What the names of scripted drops mean.</summary>
    public DatagramMatch? Match { get; init; }

    /// <summary>Sees each datagram that comes from a client or goes to one, on the relay's own thread; for recordings.</summary>
    public DatagramTap? Tap { get; init; }

    /// <summary>
    /// Told, on the relay's own thread, what the link did to each datagram: whether it was on its way up, from a client to
    /// the target, and the entry of the log. The statistics are counted from the same entries.
    /// </summary>
    public Action<bool, LinkOutcome>? Log { get; init; }

    /// <summary>Told, on the relay's own thread, how the link changes, in which direction, at its time; first, how it begins.</summary>
    public Action<bool, LinkChange>? Changes { get; init; }

    /// <summary>Says which datagrams to count apart, such as <see cref="Flows.ProbeHeader.IsAside"/>; null for none.</summary>
    public DatagramAside? IsAside { get; init; }

    /// <summary>How long a client may be silent, both ways, before the relay forgets it.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How many clients are kept at once, each with a socket of its own; at least 2. Beyond that one makes room, first those
    /// of whom one datagram came and no more, so a flood of made-up senders costs a bounded number of sockets and no client.
    /// </summary>
    public int MaxClients { get; init; } = 512;

    /// <summary>Bytes of memory that what is on the link may take, each direction.</summary>
    public long MaxBytesOnLink { get; init; } = 64 << 20;

    /// <summary>Where it is counted what the relay's links do.</summary>
    public LinkCounts Counts { get; init; } = LinkCounts.Shared;

    /// <summary>Where it is counted what the relay's sockets do.</summary>
    public Tally<DatagramSocketStatistics> SocketCounts { get; init; } = DatagramSocketOptions.SharedCounts;
}
