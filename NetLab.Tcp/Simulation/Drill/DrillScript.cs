using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill;

/// <summary>
/// A conversation in packetdrill's language (packetdrill.googlesource.com), run against the machine in virtual time: the script is
/// the network and the application, and says what the machine has to send, return and be.
/// </summary>
/// <remarks>A script is no more than 1 MiB; what it can ask for in time, memory and nesting is bounded. Safe for use by several threads.</remarks>
public static class DrillScript
{
    /// <summary>The most bytes of a script.</summary>
    public const int MaxSize = 1 << 20;

    /// <summary>Characters of a message at most.</summary>
    internal const int MaxMessage = 300;

    /// <summary>Runs a script.</summary>
    /// <param name="text">The script.</param>
    /// <param name="settings">How; null for the defaults.</param>
    /// <returns>What it came to. A script that is none is an answer, not an error.</returns>
    public static DrillResult Run(string text, DrillSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        settings ??= new DrillSettings();
        DrillSystem system = settings.Like ?? SystemOf(text);
        if (text.Length > MaxSize)
        {
            return Cannot(system, 1, $"a script has at most {MaxSize} characters");
        }

        try
        {
            (IReadOnlyList<(string Name, string Value, int Line)> options, IReadOnlyList<DrillEvent> events) = ScriptParser.Parse(text);
            if (events.Count == 0)
            {
                return Cannot(system, 1, "there is no event in it");
            }

            ScriptCheck.Check(events, system);
            return new DrillRun(events, ScriptOptions.Read(options, settings, system)).Run();
        }
        catch (DrillSyntaxException error)
        {
            return Cannot(system, error.Line, error.Message);
        }
        catch (DrillUnsupportedException error)
        {
            return Cannot(system, error.Line, error.Message);
        }
    }

    // FreeBSD's scripts name its variables and modules; everything else is taken for Linux's.
    private static DrillSystem SystemOf(string text) =>
        text.Contains("net.inet.", StringComparison.Ordinal) || text.Contains("kldload", StringComparison.Ordinal)
        || text.Contains("TCP_FUNCTION_BLK", StringComparison.Ordinal) || text.Contains("kern.timecounter", StringComparison.Ordinal)
            ? DrillSystem.FreeBsd
            : DrillSystem.Linux;

    private static DrillResult Cannot(DrillSystem system, int line, string message) =>
        new() { Outcome = DrillOutcome.CannotExpress, Line = line, Message = ScriptScanner.Shorten(message, MaxMessage), System = system };
}
