using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>
/// The retransmission timer (RFC 6298), against a peer without SACK and timestamps so that nothing else finds losses.
/// </summary>
public sealed class RetransmissionTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly SegmentOptions Mss100 = new() { MaxSegmentSize = 100 };

    [Fact]
    [Conformance(93)]
    public void The_timer_starts_with_the_first_segment_and_is_not_put_off_by_more()
    {
        ConnectionScript script = Established();
        Assert.Null(script.NextTimeout);
        script.Write(new byte[50]);
        TimeSpan rto = script.NextTimeout!.Value;
        script.Advance(rto / 2);
        script.Write(new byte[50]);
        Assert.Equal(rto / 2, script.NextTimeout);
    }

    [Fact]
    [Conformance(93)]
    public void The_timer_is_restarted_by_new_acknowledgments_only_and_stops_with_the_last()
    {
        ConnectionScript script = Established();
        script.Write(new byte[250]);
        TimeSpan rto = script.NextTimeout!.Value;
        script.Advance(rto / 2);
        script.Inject(Say.Ack(1, 1));
        Assert.Equal(rto / 2, script.NextTimeout);
        script.Inject(Say.Ack(1, 101));
        Assert.True(script.NextTimeout > rto / 2);
        script.Inject(Say.Ack(1, 251));
        Assert.Null(script.NextTimeout);
    }

    [Fact]
    [Conformance(94)]
    public void It_expires_exactly_at_the_rto_and_resends_the_earliest_segment_only()
    {
        ConnectionScript script = Established();
        script.Write(new byte[250]);
        Assert.Equal(3, script.TakeAll().Count);
        script.Advance(script.NextTimeout!.Value - Tick);
        script.ExpectNothing();
        script.Advance(Tick);
        script.Expect("the first segment again", s => s.Sequence == 1 && s.Payload.Length == 100);
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(94)]
    public void A_timer_that_is_looked_at_late_still_resends_once()
    {
        var pair = Established();
        pair.Write(new byte[250]);
        pair.TakeAll();
        pair.Do("the clock jumps past the timer", c =>
        {
            c.Timeout(pair.Now + pair.NextTimeout!.Value + TimeSpan.FromMilliseconds(90));
        });
        pair.Expect("the first segment again", s => s.Sequence == 1);
        pair.ExpectNothing();
    }

    [Fact]
    [Conformance(95)]
    public void The_wait_doubles_and_a_duplicate_ack_does_not_reset_it()
    {
        ConnectionScript script = Established();
        script.Write(new byte[100]);
        script.TakeAll();
        TimeSpan rto = script.NextTimeout!.Value;
        for (int i = 0; i < 4; i++)
        {
            script.Advance(script.NextTimeout!.Value);
            script.Expect("the segment again", s => s.Sequence == 1);
            script.Inject(Say.Ack(1, 1));
            Assert.Equal(rto * (1 << (i + 1)), script.NextTimeout);
        }

        // RFC 6298, 5 (Karn): nor does the acknowledgment of what was sent twice, until something sent once is measured.
        script.Inject(Say.Ack(1, 101));
        script.Write(new byte[100]);
        Assert.Equal(rto * 16, script.NextTimeout);
        script.Inject(Say.Ack(1, 201));
        script.Write(new byte[100]);
        Assert.True(script.NextTimeout < rto * 2);
    }

    [Fact]
    [Conformance(96)]
    public void What_was_sent_twice_gives_no_sample_without_timestamps()
    {
        ConnectionScript script = Established();
        TimeSpan? before = script.Connection!.Statistics.SmoothedRoundTrip;
        script.Write(new byte[100]);
        script.Advance(script.NextTimeout!.Value);
        script.Advance(TimeSpan.FromMilliseconds(7));
        script.Inject(Say.Ack(1, 101));
        Assert.Equal(before, script.Connection.Statistics.SmoothedRoundTrip);
        script.Write(new byte[100]);
        script.Advance(TimeSpan.FromMilliseconds(30));
        script.Inject(Say.Ack(1, 201));
        Assert.NotEqual(before, script.Connection.Statistics.SmoothedRoundTrip);
    }

    [Fact]
    [Conformance(96)]
    public void With_timestamps_what_was_sent_twice_gives_a_sample_of_the_right_transmission()
    {
        var script = ConnectionScript.Connecting(new ConnectionOptions { Sack = false });
        uint first = script.Expect("the SYN", s => s.Has(SegmentFlags.Syn)).Options.Timestamps!.Value.Value;
        script.Advance(TimeSpan.FromMilliseconds(1100));
        uint second = script.Expect("the SYN again", s => s.Has(SegmentFlags.Syn)).Options.Timestamps!.Value.Value;
        Assert.Equal(1000u, unchecked(second - first));
        script.Inject(Say.SynAck(1, new SegmentOptions { Timestamps = new SegmentTimestamps(1, second) }));
        Assert.Equal(TimeSpan.FromMilliseconds(100), script.Connection!.Statistics.SmoothedRoundTrip);
    }

    [Fact]
    [Conformance(97)]
    public void After_the_last_try_the_application_is_told_and_the_peer_reset()
    {
        ConnectionScript script = Established(new ConnectionOptions { MaxRetransmissions = 3 });
        script.Write(new byte[100]);
        script.Expect("the data", s => s.Payload.Length == 100);
        for (int i = 0; i < 3; i++)
        {
            script.Advance(script.NextTimeout!.Value);
            script.Expect("the data again", s => s.Payload.Length == 100);
        }

        Assert.Null(script.Stream.CloseReason);
        script.Advance(script.NextTimeout!.Value);
        script.Expect("a RST", s => s.Has(SegmentFlags.Rst) && s.Sequence == 101);
        script.ExpectNothing();
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
        Assert.Null(script.NextTimeout);
    }

    [Fact]
    [Conformance(97)]
    public void The_user_timeout_ends_it_before_the_tries_do()
    {
        ConnectionScript script = Established(new ConnectionOptions { UserTimeout = TimeSpan.FromSeconds(5) });
        script.Write(new byte[100]);
        script.Advance(TimeSpan.FromSeconds(5) - Tick);
        Assert.Null(script.Stream.CloseReason);
        script.Advance(Tick);
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
        Assert.Contains(script.TakeAll(), s => s.Has(SegmentFlags.Rst));
    }

    [Fact]
    [Conformance(98)]
    public void A_partial_ack_after_a_timeout_sends_the_next_hole_and_restarts_the_timer()
    {
        ConnectionScript script = Established();
        script.Write(new byte[500]);
        script.TakeAll();
        script.Advance(script.NextTimeout!.Value);
        script.Expect("the first again", s => s.Sequence == 1);
        script.Advance(TimeSpan.FromMilliseconds(10));
        script.Inject(Say.Ack(1, 101));
        script.Expect("the second again", s => s.Sequence == 101 && s.Payload.Length == 100);
        Assert.True(script.NextTimeout >= TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    [Conformance(99)]
    public void After_a_timeout_an_ack_of_more_than_was_resent_is_taken()
    {
        ConnectionScript script = Established();
        script.Write(new byte[500]);
        script.TakeAll();
        script.Advance(script.NextTimeout!.Value);
        script.TakeAll();
        script.Inject(Say.Ack(1, 501));
        Assert.Equal(500, script.Stream.Acknowledged);
        Assert.Null(script.NextTimeout);
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(100)]
    public void Of_a_partly_acknowledged_segment_the_rest_is_resent()
    {
        ConnectionScript script = Established();
        script.Write(Say.Bytes(100));
        script.TakeAll();
        script.Inject(Say.Ack(1, 41));
        Assert.Equal(40, script.Stream.Acknowledged);
        Assert.NotNull(script.NextTimeout);
        script.Advance(script.NextTimeout!.Value);
        ScriptedSegment rest = script.Expect("the rest", s => s.Sequence == 41 && s.Payload.Length == 60);
        Assert.Equal(Say.Bytes(60, 40), rest.Payload.ToArray());
    }

    [Fact]
    [Conformance(101)]
    public void Data_written_while_something_is_resent_goes_later_and_once()
    {
        ConnectionScript script = Established();
        script.Write(Say.Bytes(100));
        script.TakeAll();
        script.Advance(script.NextTimeout!.Value);
        script.Expect("the first again", s => s.Sequence == 1);
        script.Write(Say.Bytes(50, 100));
        script.Inject(Say.Ack(1, 101));
        ScriptedSegment later = script.Expect("the new data", s => s.Sequence == 101);
        Assert.Equal(Say.Bytes(50, 100), later.Payload.ToArray());
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(102)]
    public void Data_after_a_repeated_syn_ack_has_the_right_number()
    {
        var script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, script.TakeAll().Count);
        script.Write(Say.Bytes(10));
        script.Inject(Say.Ack(1, 1));
        script.Expect("the data", s => s.Sequence == 1 && s.Payload.Length == 10);
    }

    [Fact]
    [Conformance(106, 108)]
    public void The_third_duplicate_ack_resends_once_and_only_the_lost_segment()
    {
        ConnectionScript script = Established();
        script.Write(new byte[500]);
        script.TakeAll();
        script.Inject(Say.Ack(1, 1));
        script.Inject(Say.Ack(1, 1));
        script.ExpectNothing();
        script.Inject(Say.Ack(1, 1));
        script.Expect("the first again", s => s.Sequence == 1 && s.Payload.Length == 100);
        script.Inject(Say.Ack(1, 1));
        script.ExpectNothing();
        Assert.Equal(1, script.Connection!.Statistics.FastRecoveries);
    }

    [Fact]
    [Conformance(107)]
    public void What_carries_data_or_changes_the_window_is_no_duplicate()
    {
        ConnectionScript script = Established();
        script.Write(new byte[300]);
        script.TakeAll();
        for (int i = 0; i < 5; i++)
        {
            script.Inject(Say.Data(1 + i, 1, Say.Bytes(1)));
            script.Inject(Say.Ack(6, 1, (ushort)(60_000 - i)));
        }

        Assert.DoesNotContain(script.TakeAll(), s => s.Payload.Length > 0);
        Assert.Equal(0, script.Connection!.Statistics.FastRecoveries);
    }

    [Fact]
    [Conformance(111, 112)]
    public void With_sack_several_holes_are_repaired_by_one_acknowledgment_as_many_as_it_says_have_left()
    {
        var script = ConnectionScript.Established(syn: new SegmentOptions { MaxSegmentSize = 100, SackPermitted = true });
        script.Write(new byte[1000]);
        script.TakeAll();
        var blocks = default(SackBlocks);
        script.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(901, Assert.Single(script.TakeAll()).Sequence); // the tail loss probe
        foreach ((long start, long end) in new[] { (801L, 901L), (601L, 701L), (401L, 501L) })
        {
            blocks.Add(new SackBlock(script.OwnNumber(start), script.OwnNumber(end)));
        }

        script.Inject(Say.Ack(1, 1) with { Options = new SegmentOptions { Sack = blocks } });
        long[] resent = [.. script.TakeAll().Select(s => s.Sequence)];

        // The network holds the probe alone, far below ssthresh: for the three segments that have left it three may enter
        // (PRR's conservative bound, RFC 9937, 6.1), whatever room the window would have.
        Assert.Equal(new long[] { 1, 101, 201 }, resent);
        script.Advance(TimeSpan.FromMilliseconds(20));
        script.Inject(Say.Ack(1, 501));
        Assert.Equal(new long[] { 501, 701 }, script.TakeAll().Select(s => s.Sequence).Take(2));
    }

    [Fact]
    [Conformance(54)]
    public void Old_acknowledgments_are_no_duplicates()
    {
        ConnectionScript script = Established();
        script.Write(new byte[1000]);
        script.TakeAll();
        script.Inject(Say.Ack(1, 401));
        script.TakeAll();
        foreach (long old in (long[])[101, 201, 301])
        {
            script.Inject(Say.Ack(1, old));
        }

        script.ExpectNothing();
        Assert.Equal(0, script.Connection!.Statistics.FastRecoveries);
    }

    [Fact]
    [Conformance(96)]
    public void Segments_behind_a_repaired_hole_do_not_measure_the_repair()
    {
        ConnectionScript script = Established();
        script.Advance(TimeSpan.FromMilliseconds(5));
        TimeSpan? before = script.Connection!.Statistics.SmoothedRoundTrip;
        script.Write(new byte[500]);
        script.Advance(script.NextTimeout!.Value);
        script.Inject(Say.Ack(1, 501));
        Assert.Equal(before, script.Connection.Statistics.SmoothedRoundTrip);
    }

    [Fact]
    [Conformance(96)]
    public void Segments_sacked_late_because_acknowledgments_were_lost_do_not_inflate_the_round_trip()
    {
        var options = new SegmentOptions { MaxSegmentSize = 112, SackPermitted = true, Timestamps = new SegmentTimestamps(1, 0) };
        var script = ConnectionScript.Established(syn: options);
        script.Write(new byte[400]);
        Assert.Equal(4, script.TakeAll().Count);
        script.Advance(TimeSpan.FromSeconds(2));
        ScriptedSegment repeated = script.TakeAll()[^1];
        Assert.Equal(1, repeated.Sequence);

        // The peer has had the second and third, sent once, for two seconds; only now does one of its ACKs get through.
        var blocks = default(SackBlocks);
        blocks.Add(new SackBlock(script.OwnNumber(101), script.OwnNumber(301)));
        script.Inject(Say.Ack(1, 1) with
        {
            Options = new SegmentOptions { Sack = blocks, Timestamps = new SegmentTimestamps(2, repeated.Options.Timestamps!.Value.Value) },
        });
        Assert.InRange(script.Connection!.Statistics.SmoothedRoundTrip!.Value.TotalMilliseconds, 0, 200);
    }

    private static ConnectionScript Established(ConnectionOptions? options = null)
    {
        ConnectionScript script = ConnectionScript.Established(options, Mss100);
        Assert.Null(script.NextTimeout);
        return script;
    }
}
