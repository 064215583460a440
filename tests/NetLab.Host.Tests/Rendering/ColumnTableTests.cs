using System.Globalization;
using NetLab.Host.Rendering;
using Spectre.Console;

namespace NetLab.Host.Tests.Rendering;

/// <summary>A table fits, and what does not is said; nothing is cut.</summary>
public sealed class ColumnTableTests
{
    private const string First = "[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:50443";
    private const string Second = "[2001:0db8:85a3:0000:0000:8a2e:0370:7335]:443";

    private static readonly ColumnTable<int> Table = new(
    [
        new("from", _ => First) { IsText = true, Rank = 0 },
        new("to", _ => Second) { IsText = true, Rank = 0 },
        new("bytes", i => (1_000_000 * i).ToString("N0", CultureInfo.InvariantCulture)),
        new("carries", _ => "http, tls") { IsText = true, Rank = 3 },
        new("state", _ => "closed") { IsText = true, Rank = 2 },
    ]);

    [Theory]
    [InlineData(60, "bytes, carries, state")]
    [InlineData(80, "bytes, carries, state")]
    [InlineData(112, "carries, state")]
    [InlineData(119, "carries")]
    [InlineData(120, null)]
    [InlineData(200, null)]
    public void Columns_worth_least_are_left_out_and_named(int width, string? leftOut)
    {
        string[] lines = Draw(width);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
        Assert.DoesNotContain(lines, line => line.Contains('…', StringComparison.Ordinal));
        if (leftOut is null)
        {
            Assert.DoesNotContain(lines, line => line.StartsWith("no room", StringComparison.Ordinal));
        }
        else
        {
            Assert.Contains(lines, line => line.StartsWith($"no room in {width} columns for:", StringComparison.Ordinal));
            Assert.Contains(leftOut, string.Join(' ', lines.SkipWhile(line => !line.StartsWith("no room", StringComparison.Ordinal))), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void From_120_columns_on_what_finds_no_room_stands_below()
    {
        string[] headings = [.. Draw(120).Where(line => line.Contains("from", StringComparison.Ordinal))];
        Assert.Equal(2, headings.Length);
        Assert.Equal(["from", "to", "bytes", "state"], headings[0].Split('│', StringSplitOptions.RemoveEmptyEntries).Select(cell => cell.Trim()));
        Assert.Equal(["from", "carries"], headings[1].Split('│', StringSplitOptions.RemoveEmptyEntries).Select(cell => cell.Trim()));
    }

    [Theory]
    [InlineData(44)]
    [InlineData(80)]
    public void What_has_to_be_seen_is_folded_and_whole(int width)
    {
        string[] rows = [.. Draw(width).Where(line => line.StartsWith('│')).Skip(1)];
        Assert.Equal(First, string.Concat(rows.Select(line => line.Split('│')[1].Trim())));
        Assert.Equal(Second, string.Concat(rows.Select(line => line.Split('│')[2].Trim())));
    }

    private static string[] Draw(int width)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = width;
        Table.Write(console, [1], null);
        return [.. text.ToString().Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];
    }
}
