using System.Net;
using NetLab.Udp.Counters;

namespace NetLab.Udp.Sockets;

/// <summary>How a <see cref="DatagramSocket"/> is opened.</summary>
public sealed record DatagramSocketOptions
{
    /// <summary>The counts that belong to nobody: what sockets do that are not told otherwise.</summary>
    public static Tally<DatagramSocketStatistics> SharedCounts { get; } = new();

    /// <summary>
    /// Receive buffer to ask for, in bytes. 4 MiB holds 20 ms of 1.6 Gbit/s: as long as a busy scheduler may keep
    /// the reader away. The system may grant less; see <see cref="DatagramSocket.ReceiveBufferSize"/>.
    /// </summary>
    public int ReceiveBufferSize { get; init; } = 4 << 20;

    /// <summary>Send buffer to ask for, in bytes.</summary>
    public int SendBufferSize { get; init; } = 4 << 20;

    /// <summary>The only peer, or null for any. A connected socket learns when nobody listens there.</summary>
    public IPEndPoint? Remote { get; init; }

    /// <summary>
    /// Whether datagrams that are too large for the path are lost instead of cut up on the way, and too large for the interface
    /// instead of cut up here: for who looks for the largest that arrives.
    /// </summary>
    public bool DontFragment { get; init; }

    /// <summary>
    /// Whether to carry many datagrams a system call where the system can (64-bit Linux). Off, each call carries one, as
    /// everywhere else.
    /// </summary>
    public bool UseBatches { get; init; } = true;

    /// <summary>
    /// Whether other sockets that say so too may be bound to the same address and port (SO_REUSEPORT, Linux): the system then
    /// hands each peer's datagrams to one of them, always the same as long as none is opened or closed.
    /// </summary>
    public bool ReusePort { get; init; }

    /// <summary>Whether batches say what time to live, or hop limit, their datagrams came with (64-bit Linux).</summary>
    public bool ReceiveHopLimit { get; init; }

    /// <summary>Where it is counted what passes, for a meter to tell (the socket tally of a <c>UdpMeter</c>).</summary>
    public Tally<DatagramSocketStatistics> Counts { get; init; } = SharedCounts;
}
