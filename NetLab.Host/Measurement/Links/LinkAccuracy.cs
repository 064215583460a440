namespace NetLab.Host.Measurement.Links;

/// <summary>How exact a link is in one respect.</summary>
/// <param name="What">What was asked of it.</param>
/// <param name="Measured">What came out, with its unit.</param>
/// <param name="Limit">What it must keep, with its unit.</param>
/// <param name="Value">What came out, as a number.</param>
/// <param name="IsKept">Whether it did.</param>
internal sealed record LinkAccuracy(string What, string Measured, string Limit, double Value, bool IsKept);
