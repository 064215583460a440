using NetLab.Host.Measurement.Reports;

namespace NetLab.Host.Measurement.Saved;

/// <summary>What <c>--save</c> writes: a measurement, and all that is needed to judge or repeat it.</summary>
/// <param name="SavedAt">When.</param>
/// <param name="Settings">What was asked for, as words of a command line.</param>
/// <param name="Seed">The link's seed; null without a link.</param>
/// <param name="Machine">On what.</param>
/// <param name="Perf">What was measured, as <c>nlab perf --json</c> prints it.</param>
internal sealed record SavedRun(DateTimeOffset SavedAt, IReadOnlyList<string> Settings, ulong? Seed, SavedMachine Machine, PerfDocument Perf)
{
    /// <summary>The version of this format: readers take every one up to theirs.</summary>
    public const string CurrentSchema = "netlab.run/1";

    /// <summary>The version that wrote it.</summary>
    public string Schema { get; init; } = CurrentSchema;

    /// <summary>The nlab that measured.</summary>
    public string Version { get; init; } = $"nlab {typeof(SavedRun).Assembly.GetName().Version?.ToString(3)}";
}
