namespace NetLab.Host.Services;

/// <summary>Answers a datagram.</summary>
/// <param name="datagram">The datagram.</param>
/// <param name="scratch">Room for the answer; as long as the longest datagram.</param>
/// <returns>The answer, which may be in the scratch; empty for none.</returns>
internal delegate ReadOnlySpan<byte> DatagramAnswer(ReadOnlySpan<byte> datagram, Span<byte> scratch);
