using NetLab.Udp.Time;

namespace NetLab.Udp.Sockets;

/// <summary>
/// What one receive call brought: datagrams of one sender, back to back in the caller's buffer.
/// Each is <see cref="SegmentSize"/> bytes, the last may be shorter.
/// </summary>
/// <param name="Length">Bytes in all.</param>
/// <param name="SegmentSize">Bytes of each datagram but the last; equal to <see cref="Length"/> for a lone datagram.</param>
/// <param name="From">Who sent them.</param>
/// <param name="ReceivedAt">When the socket handed them over, stamped once a batch.</param>
public readonly record struct DatagramBatch(int Length, int SegmentSize, DatagramAddress From, Instant ReceivedAt);
