using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation.Drill;

/// <summary>A segment of a conversation between a script and the machine.</summary>
/// <param name="Line">The line of the script, counted from 1; 0 for a segment that the script does not name.</param>
/// <param name="At">When it passed, in virtual time.</param>
/// <param name="FromScript">Whether the script sent it; otherwise the machine did.</param>
/// <param name="Text">Flags, numbers, window and options in the script's numbers.</param>
/// <param name="Difference">What is wrong with it; empty if nothing is.</param>
public sealed record DrillStep(int Line, Instant At, bool FromScript, string Text, string Difference);
