namespace NetLab.Tcp.Simulation.Drill;

/// <summary>Where the machine does something else than a script says.</summary>
/// <param name="Line">The line of the script, counted from 1.</param>
/// <param name="Message">What, one line.</param>
/// <param name="Expected">What the script says there.</param>
/// <param name="Actual">What the machine did.</param>
internal sealed record DrillDifference(int Line, string Message, string Expected, string Actual);
