using System.Text;
using Apache.Arrow;
using NetLab.Host.Tables;

namespace NetLab.Host.Tests.Tables;

/// <summary>A column of text gives back what it was given, by whichever way its texts came, rows after rows.</summary>
public sealed class TextColumnTests
{
    private const int Seed = 17;

    [Fact]
    public void Texts_come_back_whichever_way_they_came_also_when_rows_are_forgotten()
    {
        var random = new Random(Seed);
        var rows = new OneColumn();

        // Texts of all lengths that the column treats in ways of their own, many of them alike at both ends; what is not UTF-8, too.
        byte[][] utf8 = [.. Enumerable.Range(0, 200).Select(i => Encoding.UTF8.GetBytes(i % 3 == 0 ? $"{i}" : $"eth:ip:{new string('x', i)}{i % 7}:tcp:http")), [0xFF, 1, 2, 3, 4, 5, 6, 7, 8], [0xFE, 1, 2, 3, 4, 5, 6, 7, 8]];
        string[] texts = [.. utf8.Select(Encoding.UTF8.GetString)];
        for (int group = 0; group < 20; group++)
        {
            // Slots are given anew from time to time, as when there were too many addresses.
            int[] slots = [.. Enumerable.Range(0, texts.Length).OrderBy(_ => random.Next())];
            var expected = new List<string?>();
            for (int row = 0; row < 2_000; row++)
            {
                int which = random.Next(texts.Length);
                string? text = texts[which];
                switch (random.Next(4))
                {
                    case 0:
                        rows.Text.Add(text);
                        break;
                    case 1:
                        rows.Text.Add(text, slots[which], isNext: false);
                        break;
                    case 2:
                        rows.Text.Add(utf8[which]);
                        break;
                    default:
                        text = null;
                        break;
                }

                expected.Add(text);
                rows.EndRow();
            }

            var got = (StringArray)rows.Text.ToArrow();
            Assert.Equal(expected, Enumerable.Range(0, got.Length).Select(i => got.GetString(i)));
            rows.Clear();
        }
    }

    private sealed class OneColumn : TableRows
    {
        public OneColumn() => Text = Column(new TextColumn("text"));

        public TextColumn Text { get; }
    }
}
