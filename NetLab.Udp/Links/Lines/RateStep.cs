namespace NetLab.Udp.Links.Lines;

/// <summary>A rate from a moment on.</summary>
/// <param name="At">From when on, counted from the trace's beginning.</param>
/// <param name="BitsPerSecond">The rate, IP and UDP headers counted; 0 for nothing.</param>
public readonly record struct RateStep(TimeSpan At, double BitsPerSecond);
