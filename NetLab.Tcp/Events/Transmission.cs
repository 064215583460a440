namespace NetLab.Tcp.Events;

/// <summary>A sending of a part of our stream, as observers are told.</summary>
/// <param name="Number">Its place among all transmissions, from 1; 0 for a segment that is no part of the stream.</param>
/// <param name="Count">How often that part has been sent, this time counted.</param>
/// <param name="Start">Stream offset of its first sequence number.</param>
/// <param name="End">Stream offset behind its last one.</param>
/// <param name="PayloadLength">Bytes of payload.</param>
internal readonly record struct Transmission(long Number, int Count, long Start, long End, int PayloadLength);
