namespace NetLab.Tcp.Simulation.Drill;

/// <summary>Where the machine does something else than a script says.</summary>
/// <param name="Line">The line of the script, counted from 1.</param>
/// <param name="Message">What, one line.</param>
/// <param name="Expected">What the script says there.</param>
/// <param name="Actual">What the machine did.</param>
internal sealed record DrillDifference(int Line, string Message, string Expected, string Actual)
{
    private const int MaxLength = 160;

    /// <summary>A piece of a script on one line, cut where it is too long to be read.</summary>
    public static string OneLine(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length > MaxLength ? string.Concat(line.AsSpan(0, MaxLength - 1), "…") : line;
    }
}
