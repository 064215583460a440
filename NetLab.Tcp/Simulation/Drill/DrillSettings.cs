using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill;

/// <summary>How a script is run and how strictly it is compared.</summary>
public sealed record DrillSettings
{
    /// <summary>
    /// Whether more and earlier acknowledgments are let pass, other cuts of the same bytes into segments, and PSH on any of them.
    /// What is sent, sent again, and when, is compared all the same.
    /// </summary>
    public bool Lenient { get; init; }

    /// <summary>How far a moment may be from the script's; null for what the script says, else 4 ms.</summary>
    public TimeSpan? Tolerance { get; init; }

    /// <summary>Where the sequence numbers of both sides begin on the wire; null to begin the script's where it says, and draw the machine's.</summary>
    public uint? InitialSequence { get; init; }

    /// <summary>The system the script was written for; null to take it from the script.</summary>
    public DrillSystem? Like { get; init; }
}
