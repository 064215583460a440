using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Pictures;

/// <summary>A segment that never arrived, from the log of whoever knows it.</summary>
/// <param name="SentAt">When it left its sender.</param>
/// <param name="LostAt">When the link dropped it, or its sender took it for lost.</param>
/// <param name="Start">Offset in its stream of its first sequence number.</param>
/// <param name="End">Offset behind its last one.</param>
/// <param name="Description">What it was and what befell it.</param>
public sealed record LostSegment(Instant SentAt, Instant LostAt, long Start, long End, string Description);
