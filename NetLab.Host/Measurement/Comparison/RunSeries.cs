namespace NetLab.Host.Measurement.Comparison;

/// <summary>A run that was measured some time, whoever wrote it down.</summary>
/// <param name="File">The file it came from.</param>
/// <param name="Facts">What it was: names and values, such as transport and link; those that differ make a legend, the others a title.</param>
/// <param name="Samples">What was measured, in the order of time.</param>
internal sealed record RunSeries(string File, IReadOnlyDictionary<string, string> Facts, IReadOnlyList<RunSample> Samples)
{
    /// <summary>The one figure of it; null if there is none.</summary>
    public double? Headline { get; init; }

    /// <summary>What <see cref="Headline"/> is in: <c>bit/s</c>, <c>µs</c> or <c>/s</c>.</summary>
    public string Unit { get; init; } = "bit/s";

    /// <summary>Whether less of it is better.</summary>
    public bool LessIsBetter => Unit == "µs";

    /// <summary>Of round trips: percentiles (0 to 100, ascending) and their values in milliseconds; empty of everything else.</summary>
    public IReadOnlyList<(double Percent, double Milliseconds)> Distribution { get; init; } = [];

    /// <summary>What kept the sender from sending more, and in how many per cent of the time; empty where that is not known.</summary>
    public IReadOnlyList<(string Name, double Percent)> Limits { get; init; } = [];

    /// <summary>Which turn it was, from 1.</summary>
    public int Round { get; init; } = 1;

    /// <summary>When.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The seed, if there was one.</summary>
    public string? Seed { get; init; }
}
