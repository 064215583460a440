using System.CommandLine;
using System.Text.RegularExpressions;
using NetLab.Host.Commands;

namespace NetLab.Host.Tests;

/// <summary>The examples that help ends with are command lines.</summary>
public sealed class ExamplesTests
{
    [Fact]
    public void Each_verb_has_two_that_are_understood()
    {
        RootCommand root = CommandLine.WithAllVerbs();
        foreach (Command verb in root.Subcommands.Concat(root.Subcommands.SelectMany(c => c.Subcommands)).Where(c => !c.Hidden))
        {
            string path = Suggestion.PathOf(verb);
            IReadOnlyList<string> examples = Examples.Of(path);
            Assert.True(examples.Count == 2, $"{path} has {examples.Count}");

            // A verb above may have an argument before this one.
            Assert.Contains(examples, e => Regex.IsMatch(e, $"nlab {path.Replace(" ", "( [^ ]+)? ", StringComparison.Ordinal)}\\b"));
            foreach (string line in examples.SelectMany(Commands))
            {
                ParseResult parsed = root.Parse(Words(line));
                Assert.True(parsed.Errors.Count == 0, $"{line}: {string.Join(' ', parsed.Errors.Select(e => e.Message))}");
                Assert.True(Suggestion.About(parsed, Words(line)) is null, line);
            }
        }
    }

    // A line of a shell has nlab at its beginning, behind a pipe, or in a substitution; what is redirected is the shell's.
    private static IEnumerable<string> Commands(string line) => line.Split('|').Select(part => part.Trim())
        .Select(part => part.IndexOf("nlab ", StringComparison.Ordinal) is >= 0 and var at ? part[(at + 5)..] : "")
        .Where(part => part.Length > 0)
        .Select(part => part.Split(" > ")[0].TrimEnd(')'));

    private static string[] Words(string line) => [.. line.Split('\'')
        .SelectMany((piece, i) => i % 2 == 1 ? [piece] : piece.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}
