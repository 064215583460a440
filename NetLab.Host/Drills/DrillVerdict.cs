using NetLab.Tcp.Simulation.Drill;

namespace NetLab.Host.Drills;

/// <summary>What a script came to.</summary>
/// <param name="File">The script.</param>
/// <param name="Result">The result.</param>
internal sealed record DrillVerdict(DrillFile File, DrillResult Result);
