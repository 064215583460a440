namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>A script says something that its language does not have; the message is one line.</summary>
/// <param name="line">The line of the script, counted from 1.</param>
/// <param name="message">What is wrong there.</param>
internal sealed class DrillSyntaxException(int line, string message) : Exception(message)
{
    /// <summary>The line of the script, counted from 1.</summary>
    public int Line { get; } = line;
}
