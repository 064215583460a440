using NetLab.Host.Commands;

namespace NetLab.Host.Tests;

/// <summary>What is wrong is said in one line that names it; run within the test's process, so that so many take seconds.</summary>
[Collection(nameof(ConsoleTests))]
public sealed class WrongCommandLineTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nlab-wrong-");

    public static TheoryData<string> Lines { get; } = [.. WrongCommandLines.All];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void There_are_at_least_130() => Assert.True(WrongCommandLines.All.Distinct().Count() >= 130, $"{WrongCommandLines.All.Distinct().Count()}");

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Is_one_line_with_the_word(string line)
    {
        (string arguments, string word) = line.Split('\t') is [var first, var second] ? (first, second) : default;
        string junk = Path.Combine(_folder.FullName, "junk");
        File.WriteAllText(junk, "neither a capture nor secrets\n");
        string capture = Path.Combine(AppContext.BaseDirectory, "lost-segments.pcapng");
        string[] words =
        [
            .. arguments.Split(' ').Select(w => w == "''" ? "" : w.Replace("{capture}", capture).Replace("{junk}", junk).Replace("{folder}", _folder.FullName)),
        ];
        TextWriter before = Console.Error;
        using var errors = new StringWriter();
        Console.SetError(errors);
        int exitCode;
        try
        {
            exitCode = await CommandLine.RunAsync(words).WaitAsync(Patience);
        }
        finally
        {
            Console.SetError(before);
        }

        string said = errors.ToString();
        Assert.Equal((2, said), (exitCode, said));
        Assert.Single(said.TrimEnd().Split('\n'));
        Assert.StartsWith("nlab: ", said, StringComparison.Ordinal);
        Assert.Contains(word, said, StringComparison.Ordinal);
    }
}

/// <summary>Tests that put a console of their own in the place of the process's: nothing runs beside them.</summary>
[CollectionDefinition(nameof(ConsoleTests), DisableParallelization = true)]
public sealed class ConsoleTests;
