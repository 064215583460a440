using CsCheck;
using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Congestion.Bbr;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Sending;

public sealed class MtuSearchTests
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    [Fact]
    [Conformance(161)]
    public void Without_losses_the_first_probe_finds_the_most()
    {
        var search = new MtuSearch(9_000);
        Assert.Equal((1_180, 9_000), (search.Current, search.SizeToTry(Instant.Zero)));
        search.OnProbeSent();
        Assert.Equal(0, search.SizeToTry(Instant.Zero));
        search.OnProbeArrived(Instant.Zero);
        Assert.Equal((9_000, true), (search.Current, search.IsDone));
    }

    [Fact]
    [Conformance(161)]
    public void With_every_second_probe_lost_the_most_is_found_too()
    {
        var search = new MtuSearch(9_000);
        for (int i = 0; !search.IsDone; i++)
        {
            Assert.Equal(9_000, search.SizeToTry(Instant.Zero));
            search.OnProbeSent();
            (i % 2 == 0 ? (Action<Instant>)search.OnProbeLost : search.OnProbeArrived)(Instant.Zero);
        }

        Assert.Equal(9_000, search.Current);
    }

    [Fact]
    [Conformance(161)]
    public void A_path_that_carries_less_is_found_to_within_a_header_and_never_above() =>
        Gen.Select(Gen.Int[1_180, 65_000], Gen.Int[88, 65_487]).Sample((carries, most) =>
        {
            var search = new MtuSearch(most);
            int probes = 0;
            while (search.SizeToTry(Instant.Zero) is > 0 and var size)
            {
                Assert.InRange(size, search.Current + 1, most);
                search.OnProbeSent();
                (size <= carries ? (Action<Instant>)search.OnProbeArrived : search.OnProbeLost)(Instant.Zero);
                Assert.True(++probes < 60);
            }

            int expected = Math.Min(carries, most);
            Assert.InRange(search.Current, most <= 1_180 ? most : Math.Max(1_180, expected - 20), expected);
        });

    [Fact]
    [Conformance(161)]
    public void What_was_too_large_is_tried_again_after_ten_minutes()
    {
        var search = new MtuSearch(9_000);
        SearchOn(search, Instant.Zero, carries: 1_180);
        Assert.Equal((1_180, 0), (search.Current, search.SizeToTry(Instant.Zero + TenMinutes - TimeSpan.FromTicks(1))));
        Assert.Equal(9_000, search.SizeToTry(Instant.Zero + TenMinutes));
        SearchOn(search, Instant.Zero + TenMinutes, carries: 9_000);
        Assert.Equal(9_000, search.Current);

        // Nothing is left to be found.
        Assert.Equal(0, search.SizeToTry(Instant.Zero + (10 * TenMinutes)));
    }

    [Fact]
    [Conformance(162)]
    public void Three_times_nothing_but_large_ones_lost_is_a_black_hole()
    {
        var search = Found(9_000);
        Assert.False(search.OnLost(Instant.Zero, large: true, small: false));
        Assert.False(search.OnLost(Instant.Zero, large: true, small: false));
        Assert.True(search.OnLost(Instant.Zero, large: true, small: false));
        Assert.Equal(1_180, search.Current);

        // What lies between is looked for at once.
        SearchOn(search, Instant.Zero, carries: 4_000);
        Assert.InRange(search.Current, 3_980, 4_000);
    }

    [Fact]
    [Conformance(162)]
    public void Losses_of_every_size_or_with_large_arrivals_between_are_none()
    {
        var search = Found(9_000);
        for (int i = 0; i < 20; i++)
        {
            Assert.False(search.OnLost(Instant.Zero, large: true, small: i % 3 == 2));
        }

        search = Found(9_000);
        for (int i = 0; i < 20; i++)
        {
            Assert.False(search.OnLost(Instant.Zero, large: true, small: false));
            if (i % 2 == 1)
            {
                search.OnLargeArrived();
            }
        }

        Assert.Equal(9_000, search.Current);
    }

    [Fact]
    [Conformance(132)]
    public void Another_segment_size_keeps_the_window_in_bytes_and_changes_what_a_segment_more_is()
    {
        foreach (ICongestionControl control in (ICongestionControl[])[new NewReno(1_000), new Cubic(1_000, paced: true), new BbrControl(1_000, 1)])
        {
            long before = control.Window;
            control.OnSegmentSize(4_000);
            Assert.Equal(before, control.Window);
            control.OnTimeout(Instant.Zero, before, repeated: false);
            Assert.Equal(4_000, control.Window);
            control.OnSegmentSize(1_000);
            Assert.Equal(4_000, control.Window);
            control.OnTimeout(Instant.Zero, before, repeated: true);
            Assert.Equal(1_000, control.Window);
        }
    }

    [Fact]
    public void Segments_cut_into_pieces_cover_the_same_bytes_in_the_same_state() =>
        Gen.Select(Gen.Int[1, 3_000].Array[1, 40], Gen.Int[0, 4].Array[40], Gen.Int[1, 1_500]).Sample((sizes, states, limit) =>
        {
            var segments = new SentSegments();
            long next = 1;
            for (int i = 0; i < sizes.Length; i++)
            {
                segments.Append(new SentSegment { Start = next, End = next += sizes[i], Transmissions = 1, InFlight = true, IsFin = i == sizes.Length - 1 });
                switch (states[i])
                {
                    case 1:
                        segments.MarkSacked(i);
                        break;
                    case 2:
                        segments.MarkLost(i, LossCause.Time);
                        break;
                    case 3:
                        segments.MarkRetransmitted(i, Instant.Zero);
                        break;
                }
            }

            var before = Bytes(segments);
            (long inFlight, long lost) = (segments.InFlight, Enumerable.Range(0, segments.Count).Where(i => segments[i].IsLost).Sum(i => segments[i].Length));
            segments.Cut(limit);
            Assert.Equal(before, Bytes(segments));
            Assert.Equal((inFlight, lost), (segments.InFlight, Enumerable.Range(0, segments.Count).Where(i => segments[i].IsLost).Sum(i => segments[i].Length)));
            Assert.Equal(Enumerable.Range(0, segments.Count).Count(i => segments[i].IsLost), segments.LostCount);
            Assert.Equal(Enumerable.Range(0, segments.Count).Count(i => segments[i].Transmissions > 1), segments.RetransmittedCount);
            for (int i = 0; i < segments.Count; i++)
            {
                Assert.True(segments[i].IsSacked || segments[i].Length - (segments[i].IsFin ? 1 : 0) <= limit);
                Assert.Equal(i == segments.Count - 1, segments[i].IsFin);
            }

            static List<(bool, bool, int)> Bytes(SentSegments all) => [.. Enumerable.Range(0, all.Count)
                .SelectMany(i => Enumerable.Repeat((all[i].IsSacked, all[i].IsLost, all[i].Transmissions), all[i].Length))];
        });

    private static MtuSearch Found(int size)
    {
        var search = new MtuSearch(size);
        SearchOn(search, Instant.Zero, carries: size);
        Assert.Equal(size, search.Current);
        return search;
    }

    private static void SearchOn(MtuSearch search, Instant now, int carries)
    {
        while (search.SizeToTry(now) is > 0 and var size)
        {
            search.OnProbeSent();
            (size <= carries ? (Action<Instant>)search.OnProbeArrived : search.OnProbeLost)(now);
        }
    }
}
