namespace NetLab.Udp.Sockets;

/// <summary>What recvmsg said besides the bytes.</summary>
/// <param name="Length">Bytes received.</param>
/// <param name="SegmentSize">Bytes of each datagram but the last (UDP_GRO).</param>
/// <param name="StampedAt">When the kernel got it, in UTC (SO_TIMESTAMPNS), or null.</param>
/// <param name="Drops">Drops in the socket's buffer until it was queued (SO_RXQ_OVFL); 0 before the first.</param>
/// <param name="Ecn">The ECN field of the IP header (IP_RECVTOS, IPV6_RECVTCLASS).</param>
/// <param name="HopLimit">The IP header's time to live or hop limit (IP_RECVTTL, IPV6_RECVHOPLIMIT); 0 if it was not asked for.</param>
/// <param name="IsTruncated">The buffer was too short for all of it (MSG_TRUNC).</param>
internal readonly record struct ReceivedMessage(int Length, int SegmentSize, DateTime? StampedAt, uint Drops, EcnCodepoint Ecn, byte HopLimit, bool IsTruncated);
