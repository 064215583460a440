using NetLab.Udp.Time;

namespace NetLab.Udp.Sockets;

/// <summary>
/// What one receive call brought: datagrams of one sender, back to back in the caller's buffer.
/// Each is <see cref="SegmentSize"/> bytes, the last may be shorter.
/// </summary>
/// <param name="Length">Bytes in all.</param>
/// <param name="SegmentSize">Bytes of each datagram but the last; equal to <see cref="Length"/> for a lone datagram.</param>
/// <param name="From">Who sent them.</param>
/// <param name="ReceivedAt">When they reached the socket, by the kernel's stamp where it gives one; never before an earlier batch of the same socket.</param>
/// <param name="BufferDrops">
/// How often, up to the moment this batch was queued, the socket's full buffer made the kernel drop something. One drop is
/// what would have been one batch: a single datagram, or up to 64 that had been coalesced. Modulo 2^32, as the kernel counts.
/// </param>
public readonly record struct DatagramBatch(int Length, int SegmentSize, DatagramAddress From, Instant ReceivedAt, uint BufferDrops)
{
    /// <summary>What the IP header says of congestion, of all of them; Not-ECT where the system does not tell.</summary>
    public EcnCodepoint Ecn { get; init; }

    /// <summary>
    /// The IP header's time to live or hop limit, of all of them, 1 to 255; null where <see cref="DatagramSocketOptions.ReceiveHopLimit"/>
    /// did not ask for it or the system does not tell.
    /// </summary>
    public byte? HopLimit { get; init; }
}
