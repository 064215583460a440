namespace NetLab.Tcp.Counters;

/// <summary>Segments that were sent and are not acknowledged by number.</summary>
/// <param name="Outstanding">All of them.</param>
/// <param name="Sacked">Those that the peer holds out of order.</param>
/// <param name="Lost">Those that are taken for lost and wait to be sent again.</param>
/// <param name="Retransmitted">Those that were sent again.</param>
internal readonly record struct SegmentCounts(int Outstanding, int Sacked, int Lost, int Retransmitted);
