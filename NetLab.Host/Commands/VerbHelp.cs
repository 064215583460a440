using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace NetLab.Host.Commands;

/// <summary>Help as System.CommandLine writes it, its options in groups; behind it the keys of a link string where one is taken, and two lines that run.</summary>
internal sealed class VerbHelp(HelpAction inner) : SynchronousCommandLineAction
{
    /// <summary>The keys of a link string, with what their values look like.</summary>
    public static IReadOnlyList<(string Key, string Meaning)> LinkKeys { get; } =
    [
        ("delay=20ms", "each direction"),
        ("jitter=2ms", "more or less than that"),
        ("loss=1%", "of datagrams"),
        ("burst=4", "mean length of a loss burst"),
        ("duplicate=0.1%", "arrive twice"),
        ("reorder=1%", "are overtaken"),
        ("corrupt=0.01%", "have a bit flipped"),
        ("rate=100M", "bits a second"),
        ("queue=256K", "bytes before it, or 100p for packets"),
        ("aqm=codel", "or fq_codel, pie, red"),
        ("mark=64K", "ECN from that queue on"),
        ("mtu=1500", "larger ones are lost"),
        ("every=N", "each Nth is dropped"),
        ("drop=SYN#1,DATA#20", "exactly those segments"),
        ("copy=DATA#20", "comes twice"),
        ("damage=DATA#20", "has a bit flipped"),
        ("hold=DATA#20/60ms", "comes later"),
        ("outage=2s/30s", "down so long, so often"),
        ("seed=7", "of everything random"),
    ];

    /// <summary>Puts it in the place of the help of a command and all below it.</summary>
    public static void Install(RootCommand root)
    {
        foreach (Option option in root.Options.Where(o => o is HelpOption))
        {
            option.Action = new VerbHelp((HelpAction)option.Action!);
        }
    }

    /// <summary>What else is wrong with the command line does not matter to who asks for help.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Command command = parseResult.CommandResult.Command;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        using var text = new StringWriter { NewLine = "\n" };
        int exitCode;
        parseResult.InvocationConfiguration.Output = text;
        try
        {
            exitCode = inner.Invoke(parseResult);
        }
        finally
        {
            parseResult.InvocationConfiguration.Output = output;
        }

        foreach (string line in OptionGroups.Arrange(WithoutArgumentsAbove(text.ToString(), command)))
        {
            output.WriteLine(line);
        }

        if (command.Options.Any(o => o.Name == "--link"))
        {
            output.WriteLine("Keys of a link (up. and down. before one are for one direction alone):");
            foreach ((string key, string meaning) in LinkKeys)
            {
                output.WriteLine($"  {key,-20} {meaning}");
            }

            output.WriteLine();
        }

        IReadOnlyList<string> examples = Examples.Of(command is RootCommand ? "" : Suggestion.PathOf(command));
        if (examples.Count > 0)
        {
            output.WriteLine("Examples:");
            foreach (string example in examples)
            {
                output.WriteLine($"  {example}");
            }
        }

        return exitCode;
    }

    // A verb below another takes none of the other's arguments, though the library writes them down with its own.
    private static IEnumerable<string> WithoutArgumentsAbove(string text, Command command)
    {
        Argument[] above = [.. command.Parents.OfType<Command>().SelectMany(parent => parent.Arguments)];
        bool isUsage = false;
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            string shown = line.TrimEnd('\r');
            if (isUsage)
            {
                foreach (Argument argument in above)
                {
                    shown = shown.Replace($" [<{argument.Name}>] {command.Name}", $" {command.Name}", StringComparison.Ordinal);
                }
            }

            isUsage = shown == "Usage:";
            if (!Array.Exists(above, a => shown.StartsWith($"  <{a.Name}>", StringComparison.Ordinal) && shown.EndsWith(a.Description ?? " ", StringComparison.Ordinal)))
            {
                yield return shown;
            }
        }
    }
}
