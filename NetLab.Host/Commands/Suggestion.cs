using System.CommandLine;
using System.CommandLine.Parsing;

namespace NetLab.Host.Commands;

/// <summary>What somebody may have meant who mistyped a verb or an option.</summary>
internal static class Suggestion
{
    /// <summary>Finds the word of a command line that looks like an option and is none, or a verb and is none.</summary>
    /// <returns>One line about it; null if there is no such word.</returns>
    public static string? About(ParseResult parsed, string[] args)
    {
        Command command = parsed.CommandResult.Command;
        if (args.FirstOrDefault() is { } verb && command is RootCommand root && (verb.Length == 0 || verb[0] is not ('-' or '[')))
        {
            return AboutVerb(verb, root);
        }

        // A verb below this one that was mistyped is taken for its argument, and what stands behind it for too much.
        if (parsed.Errors.Count > 0 && command.Arguments is [var first, ..] && parsed.GetResult(first)?.Tokens is [{ Value: var said }, ..]
            && Meant(said, command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)) is { Length: > 0 } meant)
        {
            return $"'{said}': nlab {PathOf(command)} has no such verb{meant}";
        }

        HashSet<string> known = [.. OptionsOf(parsed.CommandResult).SelectMany(o => o.Aliases.Append(o.Name))];
        for (int i = 0; i < args.Length && args[i] != "--"; i++)
        {
            string word = args[i].Split('=', ':')[0];
            bool looksLikeOption = word.Length > 1 && word[0] == '-' && (word[1] == '-' || char.IsAsciiLetter(word[1]));
            if (looksLikeOption && !known.Contains(word) && !IsBundle(word, known) && !IsValue(parsed, args, i))
            {
                return $"'{word}': {(command is RootCommand ? "nlab" : $"nlab {PathOf(command)}")} has no such option{Meant(word, known.Where(k => k.StartsWith("--", StringComparison.Ordinal)))}";
            }
        }

        return null;
    }

    /// <summary>One line about a word that is to be a verb and is none; null if it is one.</summary>
    public static string? AboutVerb(string verb, RootCommand root)
    {
        string[] verbs = [.. root.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)];
        return root.Subcommands.Any(c => c.Name == verb) ? null : $"'{verb}': no such verb{Meant(verb, verbs)}";
    }

    /// <summary>The nearest of some words, as the end of a sentence; empty if none is near.</summary>
    public static string Meant(string word, IEnumerable<string> candidates)
    {
        (string Candidate, int Distance) best = candidates.Select(c => (c, Distance(word, c))).DefaultIfEmpty(("", int.MaxValue)).MinBy(c => c.Item2);
        return best.Distance <= Math.Max(1, word.Length / 3) ? $"; did you mean {best.Candidate}?" : "";
    }

    /// <summary>The words that lead to a verb, such as <c>perf server</c>.</summary>
    public static string PathOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault(p => p is not RootCommand) is { } above ? $"{above.Name} {command.Name}" : command.Name;

    private static IEnumerable<Option> OptionsOf(CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult command)
            {
                foreach (Option option in command.Command.Options.Where(o => at == result || o.Recursive))
                {
                    yield return option;
                }
            }
        }
    }

    // -nw for -n -w, and -n5 for -n 5.
    private static bool IsBundle(string word, HashSet<string> known) => word[1] != '-' && known.Contains(word[..2]);

    private static bool IsValue(ParseResult parsed, string[] args, int index) =>
        index > 0 && OptionsOf(parsed.CommandResult).Any(o => o.Arity.MinimumNumberOfValues > 0 && (o.Name == args[index - 1] || o.Aliases.Contains(args[index - 1])));

    // Levenshtein, with neighbours exchanged as one step (Damerau): that is how people mistype.
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                d[i, j] = i == 0 ? j : j == 0 ? i
                    : Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
