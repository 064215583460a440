namespace NetLab.Host.Experiments.Real;

/// <summary>What was known of a flow at a moment.</summary>
/// <param name="At">Seconds since the trial began.</param>
/// <param name="Window">The congestion window, in segments.</param>
/// <param name="Threshold">The slow-start threshold, in segments; 0 while there is none.</param>
/// <param name="RoundTrip">The smoothed round trip, in milliseconds.</param>
/// <param name="Received">Bytes that the receiver's application had by then.</param>
/// <param name="Reducible">
/// What a loss would have cut then, in segments: of the kernel its window, of NetLab what was in flight (RFC 9438, 4.6), which is less where the
/// application or the machine holds the sender back.
/// </param>
internal readonly record struct RealSample(double At, double Window, double Threshold, double RoundTrip, long Received, double Reducible);
