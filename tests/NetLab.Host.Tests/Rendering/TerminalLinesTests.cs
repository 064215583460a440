using System.Text;
using NetLab.Host.Rendering;

namespace NetLab.Host.Tests.Rendering;

/// <summary>Lines for a terminal: those that are too long go on in the next, and columns stand below one another; nothing is cut.</summary>
public sealed class TerminalLinesTests
{
    [Theory]
    [InlineData("one two three four", 40, "one two three four\n")]
    [InlineData("aaaa bbbb cccc dddd", 10, "aaaa bbbb\n  cccc\n  dddd\n")]
    [InlineData("aaaaaaaaaaaaaaa", 10, "aaaaaaaaaa\n  aaaaa\n")]
    [InlineData("", 10, "\n")]
    [InlineData("0123456789", 10, "0123456789\n")]
    [InlineData("01234 678 0", 10, "01234 678\n  0\n")]
    [InlineData("你好你好 你好你好", 10, "你好你好\n  你好你好\n")]
    public void A_long_line_goes_on_indented(string line, int width, string expected)
    {
        using var output = new MemoryStream();
        using var folded = new FoldedLines(output, width, indent: 2);
        folded.Write(Encoding.UTF8.GetBytes(line + "\n"));
        folded.Flush();
        Assert.Equal(expected, Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void A_color_has_no_width()
    {
        using var output = new MemoryStream();
        using var folded = new FoldedLines(output, 10, indent: 2);
        folded.Write("\e[31m0123456789\e[0m\n\e[31m01234\e[0m 67890\n"u8);
        folded.Flush();
        Assert.Equal("\e[31m0123456789\e[0m\n\e[31m01234\e[0m\n  67890\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(133)]
    public void Whatever_the_line_no_part_is_wider_and_all_words_are_there(int width)
    {
        var random = new Random(7);
        for (int i = 0; i < 500; i++)
        {
            string line = string.Join(' ', Enumerable.Range(0, random.Next(40)).Select(_ => new string((char)('a' + random.Next(26)), random.Next(1, 30))));
            using var output = new MemoryStream();
            using var folded = new FoldedLines(output, width, indent: 8);
            folded.Write(Encoding.UTF8.GetBytes(line + "\n"));
            string text = Encoding.UTF8.GetString(output.ToArray());
            Assert.All(text.Split('\n'), part => Assert.InRange(part.Length, 0, width));
            Assert.Equal(line.Split(' '), text.TrimEnd('\n').Split('\n').SelectMany(part => part.Trim().Split(' ')));
        }
    }

    [Fact]
    public void Columns_stand_below_one_another()
    {
        Assert.Equal(
            ("no  name   port\n1   alpha  80\n22  b      443\n", null),
            Align(80, "no\tname\tport\n1\talpha\t80\n22\tb\t443\n"));
    }

    [Fact]
    public void The_last_columns_are_left_out_where_there_is_no_room_and_named() => Assert.Equal(
        ("no  name\n1   alpha\n", "no room in 10 columns for: port, path; --tsv has all"),
        Align(10, "no\tname\tport\tpath\n1\talpha\t80\t/\n"));

    [Fact]
    public void From_120_columns_on_all_are_there()
    {
        string wide = new('x', 70);
        Assert.Equal(
            ($"no  a\n    b{new string(' ', 71)}c\n1   {wide}\n    {wide}  2\n", null),
            Align(120, $"no\ta\tb\tc\n1\t{wide}\t{wide}\t2\n"));
    }

    private static (string Text, string? LeftOut) Align(int width, string lines)
    {
        using var output = new MemoryStream();
        using var aligned = new AlignedColumns(output, width);
        aligned.Write(Encoding.UTF8.GetBytes(lines));
        aligned.End();
        return (Encoding.UTF8.GetString(output.ToArray()), aligned.LeftOut);
    }
}
