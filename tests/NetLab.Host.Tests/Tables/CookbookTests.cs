using System.Text.RegularExpressions;
using NetLab.Osi.Tests;

namespace NetLab.Host.Tests.Tables;

/// <summary>The twenty questions of the README of the tables are answered as it says.</summary>
public sealed partial class CookbookTests
{
    [Fact]
    public async Task What_is_asked_of_our_own_recordings_has_the_answer_that_is_written()
    {
        using DuckDb duck = await TablesOf([.. Folders.Recordings.Order(StringComparer.Ordinal)]);
        var questions = Questions().ToList();
        Assert.Equal(20, questions.Count);
        Assert.InRange(questions.Count(q => q.Answer is not null), 10, 20);
        foreach ((string query, string? answer) in questions)
        {
            if (answer is null && OfOthers().IsMatch(query))
            {
                continue;
            }

            IEnumerable<string> rows = duck.Ask(query).Select(r => string.Join(" | ", r.Select(v => (v ?? "NULL").Replace(Folders.Captures + Path.DirectorySeparatorChar, "captures/", StringComparison.Ordinal))));
            Assert.Equal(answer ?? "", string.Join('\n', rows));
        }
    }

    [CorpusFact]
    public async Task Every_one_is_understood_over_captures_of_others_and_most_find_something()
    {
        using DuckDb duck = await TablesOf([.. Directory.EnumerateFiles(Folders.Corpus!).Order(StringComparer.Ordinal)]);
        Assert.InRange(Questions().Count(q => duck.Ask(q.Query).Count > 0), 15, 20);
    }

    private static async Task<DuckDb> TablesOf(string[] captures)
    {
        string tables = Directory.CreateTempSubdirectory("nlab-cookbook-").FullName;
        Nlab.Ended ended = await Nlab.Run(["decode", .. captures, "--parquet", tables]);

        // Of the captures of others some are cut short, which is exit code 1 and no less of a table.
        Assert.True(ended.ExitCode is 0 or 1, ended.Errors);
        var duck = new DuckDb();
        foreach (string statement in (await Nlab.Run("sql", tables)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            duck.Ask(statement);
        }

        return duck;
    }

    private static IEnumerable<(string Query, string? Answer)> Questions()
    {
        string text = File.ReadAllText(Path.Combine(Folders.Root, "NetLab.Host", "Tables", "README.md")).ReplaceLineEndings("\n");
        foreach (Match match in Question().Matches(text))
        {
            yield return (match.Groups["query"].Value.ReplaceLineEndings(" "), match.Groups["answer"].Success ? match.Groups["answer"].Value : null);
        }
    }

    [GeneratedRegex(@"```sql\n(?<query>.*?)\n```(\n\n```text\n(?<answer>.*?)\n```)?", RegexOptions.Singleline)]
    private static partial Regex Question();

    [GeneratedRegex("from (dns|tls)\\b")]
    private static partial Regex OfOthers();
}
