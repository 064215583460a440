namespace NetLab.Host.Experiments.Pictures;

/// <summary>A segment of a ladder.</summary>
/// <param name="SentAt">When it left, since the beginning.</param>
/// <param name="ArrivedAt">When it arrived; null where nobody saw that, or it never did.</param>
/// <param name="FromClient">Whether it goes from left to right.</param>
/// <param name="Label">What it is.</param>
/// <param name="IsLost">Whether it is known that it never arrived.</param>
/// <param name="IsRepeated">Whether it had been sent before.</param>
public sealed record LadderStep(TimeSpan SentAt, TimeSpan? ArrivedAt, bool FromClient, string Label, bool IsLost, bool IsRepeated);
