using System.Globalization;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Tcp.Simulation.Drill.Settings;

namespace NetLab.Tcp.Simulation.Drill;

/// <summary>The commands of a run: what they set, what they count, and what they asked for and did not get.</summary>
/// <param name="system">What they set.</param>
internal sealed class DrillCommands(SystemSettings system)
{
    // The lines on which something was asked for that is otherwise here.
    private readonly Dictionary<string, int> _lines = [];

    /// <summary>Carries out a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="states">The states of the machine's connections, and of no listener.</param>
    public DrillDifference? Perform(CommandEvent command, IEnumerable<string> states)
    {
        if (ShellCommand.Run(system, command.Command) is { } reason)
        {
            throw new DrillUnsupportedException(command.Line, reason);
        }

        foreach (string asked in system.Reservations.Values)
        {
            _lines.TryAdd(asked, command.Line);
        }

        if (ShellCommand.CountOf(command.Command) is not { } wanted)
        {
            return null;
        }

        string[] found = [.. states];
        int count = found.Count(s => s == wanted.State);
        return count == wanted.Count
            ? null
            : new DrillDifference(
                command.Line,
                string.Create(CultureInfo.InvariantCulture, $"{count} connections in {wanted.State} instead of {wanted.Count}"),
                DrillDifference.OneLine(command.Command),
                string.Join(", ", found));
    }

    /// <summary>A difference where something was asked for that is otherwise here says nothing of the machine: the script cannot be expressed.</summary>
    public void Check(DrillDifference difference)
    {
        if (system.Reservations.Values.FirstOrDefault() is { } reason)
        {
            throw new DrillUnsupportedException(_lines.GetValueOrDefault(reason, difference.Line), reason);
        }
    }
}
