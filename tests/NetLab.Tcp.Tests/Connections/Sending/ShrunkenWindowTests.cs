using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>A peer that takes its window back (RFC 9293, 3.8.6: SHLD-15 to SHLD-17).</summary>
public sealed class ShrunkenWindowTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Conformance(85)]
    public void What_is_sent_again_is_cut_to_it_and_each_round_trip_brings_a_window(bool sack)
    {
        ConnectionScript script = EstablishedConnection.With(sack: sack);
        script.Write(Say.Bytes(5000));
        Assert.Equal(5, script.TakeAll().Count);
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Ack(1, 1001, 500));
        script.Advance(TimeSpan.FromSeconds(1));
        IReadOnlyList<ScriptedSegment> first = script.TakeAll();
        Assert.NotEmpty(first);
        Assert.All(first, s => Assert.True(s.Sequence >= 1001 && s.Sequence + s.Payload.Length <= 1501, s.ToString()));
        for (long acknowledged = 1501; acknowledged < 5001; acknowledged += 500)
        {
            script.Inject(Say.Ack(1, acknowledged, 500));
            ScriptedSegment next = script.Expect("the next window's worth at once", s => s.Is(acknowledged, acknowledged + 500));
            Assert.Equal(Say.Bytes(500, (int)acknowledged - 1), next.Payload.ToArray());
            script.ExpectNothing();
            script.Advance(EstablishedConnection.RoundTrip);
        }

        script.Inject(Say.Ack(1, 5001, 5000));
        script.Write(new byte[1000]);
        script.Expect("new data whole", s => s.Is(5001, 6001));
        Assert.Equal(5000, script.Stream.Acknowledged);
    }

    [Fact]
    [Conformance(85, 116)]
    public void A_tail_probe_stays_inside_it()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[5000]);
        script.TakeAll();
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Ack(1, 1001, 1500));
        script.Advance(TimeSpan.FromMilliseconds(250));
        Assert.All(script.TakeAll(), s => Assert.True(s.Sequence + s.Payload.Length <= 2501, s.ToString()));
    }

    [Fact]
    [Conformance(85, 109)]
    public void A_fast_retransmission_is_cut_to_it_too()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[10_000]);
        script.TakeAll();
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 1, (1001, 4001)) with { Window = 700 });
        script.Expect("700 bytes of it", s => s.Is(1, 701));
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(85)]
    public void A_FIN_beyond_it_waits()
    {
        ConnectionScript script = EstablishedConnection.With(sack: false);
        script.Write(new byte[1500]);
        script.Do("shut down", c => c.ShutdownSend());
        script.TakeAll();
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Ack(1, 1001, 500));
        script.Advance(TimeSpan.FromSeconds(1));
        ScriptedSegment again = script.TakeAll()[0];
        Assert.True(again.Is(1001, 1501) && !again.Has(SegmentFlags.Fin));
        script.Inject(Say.Ack(1, 1501, 500));
        script.Expect("the FIN", s => s.Sequence == 1501 && s.Has(SegmentFlags.Fin));
    }

    [Fact]
    [Conformance(135)]
    public void A_refused_probe_byte_goes_again_with_what_follows_it()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[1000]);
        script.TakeAll();
        script.Inject(Say.Ack(1, 1001, 0));
        script.Write(Say.Bytes(2500));
        script.Advance(script.NextTimeout!.Value);
        script.Expect("a probe of one byte", s => s.Is(1001, 1002));
        script.Inject(Say.Ack(1, 1001, 0));
        script.Inject(Say.Ack(1, 1001, 10_000));
        Assert.Equal([(1001L, 2001L), (2001L, 3001L), (3001L, 3501L)], script.TakeRanges());
    }

    [Fact]
    [Conformance(135, 86)]
    public void A_refused_probe_byte_brings_the_FIN_when_it_is_all_there_is()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[1000]);
        script.TakeAll();
        script.Inject(Say.Ack(1, 1001, 0));
        script.Write(new byte[1]);
        script.Do("shut down", c => c.ShutdownSend());
        script.Advance(script.NextTimeout!.Value);
        script.Expect("a probe of one byte", s => s.Is(1001, 1002) && !s.Has(SegmentFlags.Fin));
        script.Inject(Say.Ack(1, 1001, 10_000));
        ScriptedSegment again = script.Expect("the byte and the FIN", s => s.Is(1001, 1002));
        Assert.True(again.Has(SegmentFlags.Fin) || script.Expect("the FIN", s => s.Has(SegmentFlags.Fin)).Sequence == 1002);
    }

    [Fact]
    [Conformance(93, 98)]
    public void The_timer_begins_anew_when_the_head_is_sent_again()
    {
        // RFC 6675, 6: a recovery that goes on longer than the RTO must not be cut by it.
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[10_000]);
        script.TakeAll();
        script.Advance(TimeSpan.FromMilliseconds(190));
        script.Inject(Say.Sack(script, 1, (1001, 5001)));
        script.Expect("the head", s => s.Is(1, 1001));
        script.TakeAll();
        script.Advance(EstablishedConnection.Timeout - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, script.Connection!.Statistics.Timeouts);
    }
}
