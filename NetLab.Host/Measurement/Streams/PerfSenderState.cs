namespace NetLab.Host.Measurement.Streams;

/// <summary>What a sender of a stream knows at a moment; 0 for what it does not.</summary>
/// <param name="SlowStartThreshold">ssthresh in bytes.</param>
/// <param name="InFlight">Bytes in the network.</param>
/// <param name="RoundTripVariation">The variation of the round trip (RFC 6298).</param>
internal readonly record struct PerfSenderState(long SlowStartThreshold, long InFlight, TimeSpan RoundTripVariation);
