using CsCheck;
using NetLab.Tcp.Connections.Recovery;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>A report of duplicates accounts for what was sent again, each transmission once, and for nothing else.</summary>
public sealed class ResentRangesTests
{
    /// <summary>Segments of ten bytes, sent again and reported in any order, beside a plain count of both.</summary>
    [Fact]
    public void No_report_accounts_for_more_than_was_sent_again() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[1, 3], (what, segment, count) => (what, segment, count)).Array[0, 60].Sample(steps =>
        {
            var ranges = new ResentRanges();
            int[] now = new int[12];
            int[] before = new int[12];
            ranges.Begin();
            foreach ((int what, int segment, int count) in steps)
            {
                if (what == 0)
                {
                    ranges.Begin();
                    (before, now) = (now, new int[12]);
                }
                else if (what < 4)
                {
                    ranges.Add(segment * 10, (segment * 10) + 10);
                    now[segment]++;
                    before[segment] = 0;
                }
                else
                {
                    int expected = 0;
                    for (int i = segment; i < segment + count; i++)
                    {
                        int[] from = now[i] > 0 ? now : before;
                        expected += from[i] > 0 ? 1 : 0;
                        from[i] -= from[i] > 0 ? 1 : 0;
                    }

                    Assert.Equal(expected, ranges.Report(segment * 10, (segment + count) * 10));
                }

                Assert.Equal(now.Sum(), ranges.Unreported);
            }
        });

    [Fact]
    public void A_report_of_a_part_accounts_for_nothing()
    {
        var ranges = new ResentRanges();
        ranges.Begin();
        ranges.Add(100, 200);
        Assert.Equal((0, 0, 0), (ranges.Report(100, 199), ranges.Report(101, 200), ranges.Report(200, 300)));
        Assert.Equal((1, 0), (ranges.Report(50, 250), ranges.Unreported));
        Assert.Equal(0, ranges.Report(100, 200));
    }

    [Fact]
    public void What_was_sent_two_recoveries_ago_is_forgotten()
    {
        var ranges = new ResentRanges();
        ranges.Begin();
        ranges.Add(100, 200);
        ranges.Begin();
        ranges.Begin();
        Assert.Equal(0, ranges.Report(100, 200));
    }
}
