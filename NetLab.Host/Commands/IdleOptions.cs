using System.CommandLine;
using System.CommandLine.Help;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary>Options that a command line says and that would have no effect on what the rest of it asks for: passed over, they would be believed.</summary>
internal static class IdleOptions
{
    /// <summary>Sees that nothing is said but what has an effect.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="why">What is done, of which the others are no part.</param>
    /// <param name="used">The options that have an effect.</param>
    /// <exception cref="UsageException">Another one is said; the message names it.</exception>
    public static void Refuse(ParseResult parsed, string why, params IEnumerable<Option> used)
    {
        Option? idle = parsed.CommandResult.Command.Options.Except(used).FirstOrDefault(o => !o.Recursive && o is not HelpOption && parsed.GetResult(o) is { Implicit: false });
        if (idle is not null)
        {
            throw new UsageException($"{idle.Name}: {why}");
        }
    }
}
