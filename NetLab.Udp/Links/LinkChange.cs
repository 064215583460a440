using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>A change of a direction of a link: an entry of its log.</summary>
/// <param name="At">When.</param>
/// <param name="Direction">What the link does from then on.</param>
/// <param name="IsDown">Whether it is down from then on, by its settings or by an outage.</param>
public readonly record struct LinkChange(Instant At, LinkDirection Direction, bool IsDown);
