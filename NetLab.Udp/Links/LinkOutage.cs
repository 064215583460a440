namespace NetLab.Udp.Links;

/// <summary>A link that goes down again and again: at the end of each period.</summary>
/// <param name="Length">For how long, more than 0.</param>
/// <param name="Every">The period, more than <paramref name="Length"/>.</param>
public readonly record struct LinkOutage(TimeSpan Length, TimeSpan Every);
