namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>A script asks for something that this machine does not have, or that has no counterpart in virtual time; the message says why.</summary>
/// <param name="line">The line of the script, counted from 1.</param>
/// <param name="message">What it asks for, and why that is not to be had.</param>
internal sealed class DrillUnsupportedException(int line, string message) : Exception(message)
{
    /// <summary>The line of the script, counted from 1.</summary>
    public int Line { get; } = line;
}
