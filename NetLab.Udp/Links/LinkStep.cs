namespace NetLab.Udp.Links;

/// <summary>What a direction of a link does from a moment on.</summary>
/// <param name="At">From when on, counted from the link's beginning.</param>
/// <param name="Direction">What it does then.</param>
public sealed record LinkStep(TimeSpan At, LinkDirection Direction);
