namespace NetLab.Host.Measurement.Links;

/// <summary>How exact a link is in one respect.</summary>
/// <param name="What">What was asked of it.</param>
/// <param name="Measured">What came out, with its unit.</param>
/// <param name="Limit">What it must keep, with its unit; <c>-</c> where it is only told.</param>
/// <param name="Value">What came out, as a number.</param>
/// <param name="IsKept">Whether it did.</param>
internal sealed record LinkAccuracy(string What, string Measured, string Limit, double Value, bool IsKept)
{
    /// <summary>What the kernel's token bucket does of the same, with its unit; null where it has no such thing, or was not there.</summary>
    public string? Tc { get; init; }

    /// <summary>The same of socat.</summary>
    public string? Socat { get; init; }
}
