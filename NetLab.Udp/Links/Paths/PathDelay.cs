namespace NetLab.Udp.Links.Paths;

/// <summary>How long a datagram took over a path.</summary>
/// <param name="At">When it entered, counted from the recording's beginning.</param>
/// <param name="Delay">One way.</param>
public readonly record struct PathDelay(TimeSpan At, TimeSpan Delay);
