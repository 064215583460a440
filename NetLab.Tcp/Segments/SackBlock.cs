namespace NetLab.Tcp.Segments;

/// <summary>A block of data that arrived out of order (RFC 2018, 3).</summary>
/// <param name="Start">Its first sequence number.</param>
/// <param name="End">The sequence number behind its last byte.</param>
public readonly record struct SackBlock(SequenceNumber Start, SequenceNumber End);
