using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill;

/// <summary>What a script came to, and the conversation up to there.</summary>
public sealed record DrillResult
{
    /// <summary>What it came to.</summary>
    public required DrillOutcome Outcome { get; init; }

    /// <summary>The line of the script that decided, counted from 1; 0 if it passes.</summary>
    public int Line { get; init; }

    /// <summary>Why it does not pass, one line; empty if it does.</summary>
    public string Message { get; init; } = "";

    /// <summary>What the script expected, as it stands there; empty if nothing of the kind decided.</summary>
    public string Expected { get; init; } = "";

    /// <summary>What the machine did instead; empty for nothing.</summary>
    public string Actual { get; init; } = "";

    /// <summary>The system whose defaults held.</summary>
    public DrillSystem System { get; init; }

    /// <summary>Every segment in its order, up to the one that decided.</summary>
    public IReadOnlyList<DrillStep> Steps { get; init; } = [];
}
