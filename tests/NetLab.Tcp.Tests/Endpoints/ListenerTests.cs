using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Tcp.Tests.Connections;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Tests.Endpoints;

/// <summary>A listener that is flooded: what it remembers, what it answers, and who gets in all the same.</summary>
public sealed class ListenerTests
{
    private static readonly SegmentOptions Full = new()
    {
        MaxSegmentSize = 1220,
        WindowScale = 7,
        SackPermitted = true,
        Timestamps = new SegmentTimestamps(5000, 0),
    };

    [Fact]
    [Conformance(42, 43)]
    public void When_the_backlog_is_full_a_syn_is_answered_by_a_cookie_that_restores_everything()
    {
        ConnectionScript script = Flooded(backlog: 3);
        script.Inject(Say.Syn(Full));
        ScriptedSegment answer = script.Expect("a SYN_ACK from nowhere", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack) && s.Acknowledgment == 1);
        Assert.Equal(3, script.Connections);
        Assert.Equal((1, 0), (script.Statistics.CookiesSent, script.Statistics.CookiesAccepted));
        Assert.NotNull(answer.Options.WindowScale);

        // The ACK brings everything back, and its data is delivered.
        SegmentTimestamps ours = answer.Options.Timestamps!.Value;
        Assert.Equal(5000u, ours.Echo);
        script.Inject(Say.Data(1, 1, Say.Bytes(10)) with { Window = 1000, Options = new SegmentOptions { Timestamps = new SegmentTimestamps(5001, ours.Value) } });
        script.ExpectState(ConnectionState.Established);
        Assert.Equal(Say.Bytes(10), script.Stream.Received);
        Assert.Equal(1, script.Statistics.CookiesAccepted);
        script.TakeAll();
        script.Write(new byte[5000]);

        // The peer's MSS of 1220 less 12 bytes of timestamps, and its window of 1000 · 2^7 all at once but for the first window of one.
        ScriptedSegment first = script.Expect("a full segment of the peer's size", s => s.Payload.Length == 1208);
        Assert.NotNull(first.Options.Timestamps);
    }

    [Fact]
    [Conformance(43)]
    public void Without_timestamps_a_cookie_keeps_the_segment_size_alone()
    {
        ConnectionScript script = Flooded(backlog: 2);
        script.Inject(Say.Syn(Full with { Timestamps = null }));
        ScriptedSegment answer = script.Expect("a SYN_ACK", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack));
        Assert.Equal((null, false), (answer.Options.WindowScale, answer.Options.SackPermitted));
        script.Inject(Say.Ack(1, 1));
        script.ExpectState(ConnectionState.Established);
        script.Write(new byte[3000]);
        script.Expect("a full segment of the peer's size", s => s.Payload.Length == 1220);
    }

    [Fact]
    [Conformance(44)]
    public void Without_overflow_there_are_no_cookies_and_none_is_believed()
    {
        ConnectionScript script = ConnectionScript.Listening(backlog: 5);
        for (ushort port = 1; port <= 4; port++)
        {
            script.InjectFrom(Unknown(port), port, 80, Say.Syn());
            script.InjectFrom(Unknown(port), port, 80, Say.Rst(1));
        }

        Assert.Equal(0, script.Statistics.CookiesSent);
        script.TakeAll();
        script.Inject(Say.Ack(1, 12345));
        script.Expect("a RST", s => s.Flags == SegmentFlags.Rst);
        script.ExpectState(ConnectionState.Closed);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(0, 0, 1)]
    [InlineData(200, 0, 0)]
    [Conformance(45, 46)]
    public void A_forged_an_expired_and_anybody_elses_cookie_gets_a_reset(int seconds, int wrongBy, int otherPort)
    {
        ConnectionScript script = Flooded(backlog: 2);
        script.Inject(Say.Syn());
        script.Expect("a SYN_ACK", s => s.Has(SegmentFlags.Syn));

        // SYN_ACKs of the half-open ones are repeated meanwhile.
        script.Advance(TimeSpan.FromSeconds(seconds));
        script.TakeAll();
        if (otherPort == 0)
        {
            script.Inject(Say.Ack(1, 1 + wrongBy));
        }
        else
        {
            script.InjectFrom(Unknown(77), 77, 80, Say.Ack(1, 1));
        }

        script.Expect("a RST", s => s.Flags == SegmentFlags.Rst);
        Assert.Equal(0, script.Statistics.CookiesAccepted);
    }

    [Fact]
    [Conformance(45)]
    public void The_ack_of_a_cookie_that_comes_twice_makes_one_connection()
    {
        ConnectionScript script = Flooded(backlog: 2);
        script.Inject(Say.Syn(Full));
        uint ours = script.Expect("a SYN_ACK", s => s.Has(SegmentFlags.Syn)).Options.Timestamps!.Value.Value;
        ScriptedSegment ack = Say.Ack(1, 1) with { Options = new SegmentOptions { Timestamps = new SegmentTimestamps(5001, ours) } };
        script.Inject(ack);
        script.Inject(ack);
        Assert.Equal((1, 3), (script.Statistics.CookiesAccepted, script.Welcomed));
    }

    /// <summary>Its connection is in order, and its data brings the cookie back again; a RST would end what only has to wait.</summary>
    [Fact]
    public void The_ack_of_a_cookie_that_finds_the_backlog_full_meanwhile_is_dropped()
    {
        ConnectionScript script = ConnectionScript.Listening(backlog: 1);
        script.InjectFrom(Unknown(1), 1, 80, Say.Syn());
        script.TakeAll();
        SequenceNumber first = script.OwnNumber(0);
        script.Inject(Say.Syn());
        script.Expect("a SYN_ACK", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack));
        script.InjectFrom(Unknown(1), 1, 80, Say.Ack(1, 1 + first.DistanceFrom(script.OwnNumber(0))));
        script.Inject(Say.Ack(1, 1));
        script.ExpectNothing();
        Assert.Equal((0, 2, 1), (script.Statistics.CookiesAccepted, script.Statistics.BacklogOverflows, script.Connections));

        // One that is nobody's cookie has no connection to lose.
        script.Inject(Say.Ack(1, 2));
        script.Expect("a RST", s => s.Flags == SegmentFlags.Rst);
    }

    [Theory]
    [InlineData(null, false, false)]
    [InlineData(1400, false, false)]
    [InlineData(1400, true, false)]
    [InlineData(1400, true, true)]
    [Conformance(47)]
    public void Nobody_who_may_not_be_there_gets_more_bytes_than_came(int? mss, bool sack, bool stamps)
    {
        var options = new SegmentOptions { MaxSegmentSize = mss, SackPermitted = sack, Timestamps = stamps ? new SegmentTimestamps(1, 0) : null };
        foreach (int backlog in (int[])[10, 2])
        {
            ConnectionScript script = backlog == 10 ? ConnectionScript.Listening() : Flooded(backlog);
            script.Inject(Say.Syn(options));
            ScriptedSegment answer = script.Expect("a SYN_ACK", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack));
            Assert.True(SegmentWriter.SizeOf(answer.Options) <= SegmentWriter.SizeOf(options), $"{answer} to {options}");
        }

        ConnectionScript closed = ConnectionScript.Closed();
        closed.Inject(Say.Syn());
        Assert.Equal(0, closed.Expect("a RST", s => s.Has(SegmentFlags.Rst)).Payload.Length);
    }

    [Fact]
    [Conformance(48)]
    public void Closing_the_listener_resets_who_is_not_accepted_yet()
    {
        ConnectionScript script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.TakeAll();
        script.StopListening();
        script.Expect("a RST", s => s.Has(SegmentFlags.Rst));
        Assert.Equal(CloseReason.Aborted, script.Stream.CloseReason);
    }

    [Fact]
    [Conformance(49)]
    public void Ten_thousand_made_up_syns_cost_bounded_memory_and_an_honest_client_still_gets_in()
    {
        ConnectionScript script = ConnectionScript.Listening(backlog: 64);
        for (int i = 0; i < 10_000; i++)
        {
            script.InjectFrom(Unknown((ushort)(1 + (i % 60_000))), (ushort)(1 + i), 80, Say.Syn(Full));
        }

        Assert.InRange(script.Connections, 1, 64);
        script.TakeAll();
        script.Inject(Say.Syn());
        script.Expect("a SYN_ACK at once", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack));
        script.Inject(Say.Ack(1, 1));
        script.ExpectState(ConnectionState.Established);
    }

    [Fact]
    [Conformance(50)]
    public void Resets_are_rationed()
    {
        ConnectionScript script = ConnectionScript.Closed();
        for (int i = 0; i < 10_000; i++)
        {
            script.InjectFrom(Unknown(9), 9, 80, Say.Ack(1, i));
        }

        // A tenth of a second's worth of an eighth of a thousand, more or less, and the rest in silence.
        int answered = script.TakeAll().Count;
        Assert.InRange(answered, 6, 18);
        Assert.Equal((answered, 10_000 - answered), (script.Statistics.ResetsSent, script.Statistics.Suppressed));
        script.Advance(TimeSpan.FromSeconds(1));
        script.InjectFrom(Unknown(9), 9, 80, Say.Ack(1, 1));
        Assert.Single(script.TakeAll());
    }

    // A listener whose backlog is full of half-open connections.
    private static ConnectionScript Flooded(int backlog)
    {
        ConnectionScript script = ConnectionScript.Listening(backlog: backlog);
        for (ushort port = 1; port <= backlog; port++)
        {
            script.InjectFrom(Unknown(port), port, 80, Say.Syn());
        }

        script.TakeAll();
        return script;
    }

    private static DatagramAddress Unknown(ushort port) => DatagramAddress.FromIPv4(0x0A00_0063, port);
}
