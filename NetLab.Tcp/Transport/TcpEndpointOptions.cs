using System.Buffers;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Transport;

/// <summary>How a <see cref="TcpEndpoint"/> is set up.</summary>
public sealed record TcpEndpointOptions
{
    /// <summary>How its connections behave.</summary>
    public ConnectionOptions Connection { get; init; } = new();

    /// <summary>The UDP socket's buffers.</summary>
    public DatagramSocketOptions Socket { get; init; } = new();

    /// <summary>
    /// The only UDP peer, or null for any. With one, an attempt to connect to a port nobody listens on fails at once;
    /// without, it takes until the SYN's retransmissions give up.
    /// </summary>
    public IPEndPoint? Remote { get; init; }

    /// <summary>
    /// Whether segments are taken whatever their checksum says: for peers that leave it to UDP's, as FreeBSD's TCP in UDP does (its
    /// net.inet.tcp.udp_tunneling_port). Ours are right either way.
    /// </summary>
    public bool TakesAnyChecksum { get; init; }

    /// <summary>
    /// Whether applications' code that waits for a pipe goes on on the endpoint's own thread, as Kestrel's option of this name has
    /// it: no other thread is woken for it, which is faster; but whoever blocks there blocks all connections of the endpoint.
    /// </summary>
    public bool UnsafePreferInlineScheduling { get; init; }

    /// <summary>
    /// How long the endpoint goes on looking for datagrams before it sleeps, while they come at shorter intervals than that; zero to
    /// sleep at once. Answers then need not wait until a sleeping thread is woken, at the price of a busy processor meanwhile (as
    /// SO_BUSY_POLL of the kernel).
    /// </summary>
    public TimeSpan BusyPoll { get; init; }

    /// <summary>How long <see cref="TcpEndpoint.DisposeAsync"/> waits for connections to say goodbye before it resets them.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Sees each datagram sent or received, on the endpoint's own thread; for recordings. One that throws is told nothing any more
    /// (<see cref="TcpEndpoint.TapFailure"/>).
    /// </summary>
    public DatagramTap? Tap { get; init; }

    /// <summary>
    /// Where the memory comes from that bytes lie in before they are sent, and after they were received, in blocks of 16 KiB; null for a
    /// pool of the endpoint's own, which leaves to the garbage collector what was not in use for a second.
    /// </summary>
    public MemoryPool<byte>? MemoryPool { get; init; }

    /// <summary>
    /// Bytes that all connections of the endpoint may hold together, at least <see cref="MemoryBudget.MinLimit"/>; null for
    /// <see cref="MemoryBudget.DefaultLimit"/>. <see cref="TcpEndpoint.Memory"/> tells what is in use.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>What the endpoint's connections may hold together with those of other endpoints that have the same limit; null for nothing.</summary>
    public SharedMemoryLimit? SharedMemory { get; init; }

    /// <summary>Where it is counted what the endpoint and its connections do; its socket has a meter of its own.</summary>
    public TcpMeter Meter { get; init; } = TcpMeter.Shared;

    /// <summary>Where endpoints write what happens, in the category <c>NetLab.Tcp</c>.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Says what is wrong, one line, or null.</summary>
    public string? Validate() => this switch
    {
        { BusyPoll.Ticks: < 0 } or { BusyPoll.TotalSeconds: > 1 } => $"BusyPoll is 0 to 1 s, not {BusyPoll}",
        _ when Linger < TimeSpan.Zero || Linger > ConnectionOptions.LongestDuration => $"Linger is 0 to {ConnectionOptions.LongestDuration.TotalDays} days, not {Linger}",
        { MemoryLimit: < MemoryBudget.MinLimit } => $"MemoryLimit is at least {MemoryBudget.MinLimit} bytes, not {MemoryLimit}",
        { Socket.ReceiveBufferSize: < 1 } or { Socket.SendBufferSize: < 1 } => "the socket's buffers are at least a byte",
        _ => Connection.Validate(),
    };
}
