using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>The sending side: segmentation, the peer's window, the first windows, Nagle.</summary>
public sealed class SenderTests
{
    private static readonly SegmentOptions Mss100 = new() { MaxSegmentSize = 100 };
    private static readonly SegmentOptions Sack100 = new() { MaxSegmentSize = 100, SackPermitted = true };
    private static readonly ConnectionOptions Unpaced = new() { Pacing = false };
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(100);

    [Fact]
    [Conformance(82, 87)]
    public void The_whole_window_is_used_and_not_a_byte_more()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Mss100, window: 550);
        script.Write(new byte[2000]);
        Assert.Equal(new[] { 100, 100, 100, 100, 100 }, script.TakeAll().Select(s => s.Payload.Length));

        // 50 bytes are left, less than a segment and less than half the largest window: they wait (RFC 9293, 3.8.6.2.1).
        script.Inject(Say.Ack(1, 501, window: 700));
        Assert.Equal(700, script.TakeAll().Sum(s => s.Payload.Length));
    }

    [Fact]
    [Conformance(82, 121)]
    public void The_first_window_is_ten_segments_and_doubles_each_round_trip()
    {
        ConnectionScript script = EstablishedConnection.After(RoundTrip, Unpaced, Mss100);
        script.Write(new byte[20_000]);
        long acknowledged = 1;
        foreach (int expected in (int[])[10, 20, 40])
        {
            IReadOnlyList<ScriptedSegment> sent = script.TakeAll();
            Assert.Equal(expected, sent.Count);
            script.Advance(RoundTrip);

            // An ACK for every segment, for every second one, and for four at once: bytes count, not ACKs.
            int step = expected == 10 ? 1 : expected == 20 ? 2 : 4;
            for (int i = step; i <= expected; i += step)
            {
                acknowledged += 100 * step;
                script.Inject(Say.Ack(1, acknowledged));
            }
        }
    }

    [Fact]
    [Conformance(123)]
    public void A_window_that_is_not_used_does_not_grow()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Mss100);
        long before = script.Connection!.CongestionWindow;
        for (int i = 0; i < 100; i++)
        {
            script.Write(new byte[100]);
            script.Advance(TimeSpan.FromMilliseconds(5));
            script.Inject(Say.Ack(1, 101 + (100 * i)));
        }

        Assert.Equal(before, script.Connection.CongestionWindow);
    }

    [Fact]
    [Conformance(124)]
    public void After_a_long_pause_the_first_window_is_not_exceeded()
    {
        Assert.True(LinkDescription.TryParse("delay=10ms", out LinkDescription link, out _));
        var pair = new SimulatedPair(link, 1);
        pair.Client.Write(new byte[2_000_000]);
        pair.Run(() => pair.Client.Acknowledged == 2_000_000, TimeSpan.FromMinutes(1));
        long grown = pair.Client.Connection!.CongestionWindow;
        Assert.True(grown > 100_000);
        pair.Advance(TimeSpan.FromHours(1));
        pair.Client.Write(new byte[1_000_000]);
        pair.Advance(TimeSpan.FromMilliseconds(5));
        Assert.InRange(pair.Client.Connection.CongestionWindow, 10_000, 14_600);
    }

    [Fact]
    [Conformance(83, 84, 89)]
    public void A_large_write_is_cut_at_the_segment_size_less_options_and_small_ones_are_joined()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Mss100 with { Timestamps = new SegmentTimestamps(1, 0) }, window: 350);
        script.Write(new byte[200]);
        IReadOnlyList<ScriptedSegment> sent = script.TakeAll();
        Assert.Equal(new[] { 88, 88, 24 }, sent.Select(s => s.Payload.Length));
        Assert.Equal(new[] { false, false, true }, sent.Select(s => s.Has(SegmentFlags.Psh)));
        script.Write(new byte[150]);
        script.TakeAll();
        for (int i = 0; i < 20; i++)
        {
            script.Write(new byte[10]);
        }

        script.ExpectNothing();
        script.Inject(Say.Ack(1, 351, window: 350) with { Options = new SegmentOptions { Timestamps = new SegmentTimestamps(2, 0) } });
        Assert.Equal(new[] { 88, 88, 24 }, script.TakeAll().Select(s => s.Payload.Length));
    }

    [Fact]
    [Conformance(85)]
    public void A_window_that_shrinks_stops_new_data_and_is_probed_when_nothing_is_out_any_more()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Mss100, window: 1000);
        script.Write(new byte[2000]);
        Assert.Equal(10, script.TakeAll().Count);
        script.Inject(Say.Ack(1, 501, window: 0));
        script.ExpectNothing();
        script.Inject(Say.Ack(1, 1001, window: 0));
        script.ExpectNothing();
        script.Advance(TimeSpan.FromSeconds(1));
        script.Expect("a window probe", s => s.Sequence == 1001 && s.Payload.Length == 1);
        script.TakeAll();
        script.Inject(Say.Ack(1, 1002, window: 200));
        Assert.Equal(200, script.TakeAll().Sum(s => s.Payload.Length));
    }

    [Fact]
    [Conformance(86)]
    public void A_fin_takes_a_place_in_the_window_and_rides_on_the_last_data()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced, Mss100, window: 200);
        script.Write(new byte[200]);
        script.Do("half-close", c => c.ShutdownSend());
        Assert.DoesNotContain(script.TakeAll(), s => s.Has(SegmentFlags.Fin));
        script.Inject(Say.Ack(1, 101, window: 200));
        script.Expect("the FIN", s => s.Has(SegmentFlags.Fin) && s.Sequence == 201);
        ConnectionScript other = ConnectionScript.Established(Unpaced, Mss100, window: 150);
        other.Write(new byte[100]);
        other.TakeAll();
        other.Write(new byte[50]);
        other.TakeAll();
        other.Inject(Say.Ack(1, 151, window: 0));
        other.Write(new byte[30]);
        other.Do("half-close", c => c.ShutdownSend());
        other.Inject(Say.Ack(1, 151, window: 100));
        other.Expect("the last data with the FIN", s => s.Has(SegmentFlags.Fin) && s.Payload.Length == 30);
    }

    [Fact]
    [Conformance(88)]
    public void With_nagle_one_small_segment_is_out_at_a_time_and_full_ones_and_fins_do_not_wait()
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced with { Nagle = true }, Mss100);
        script.Write(new byte[10]);
        script.Expect("the first small one", s => s.Payload.Length == 10);
        script.Write(new byte[10]);
        script.ExpectNothing();
        script.Write(new byte[100]);
        script.Expect("a full one", s => s.Payload.Length == 100);
        script.ExpectNothing();
        script.Do("half-close", c => c.ShutdownSend());
        script.Expect("the rest with the FIN", s => s.Payload.Length == 10 && s.Has(SegmentFlags.Fin));
        ConnectionScript off = ConnectionScript.Established(Unpaced, Mss100);
        off.Write(new byte[10]);
        off.Write(new byte[10]);
        Assert.Equal(2, off.TakeAll().Count);
    }

    [Fact]
    [Conformance(90)]
    public void Nothing_written_is_nothing_sent_and_starts_no_timer()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Write([]);
        script.ExpectNothing();
        Assert.Null(script.NextTimeout);
    }
}
