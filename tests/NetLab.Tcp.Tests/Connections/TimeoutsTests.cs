using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>
/// A timer does its work when its time has come, be it late, and once; those that end a connection go before those that would have it do
/// something more; a connection that is over has none.
/// </summary>
public sealed class TimeoutsTests
{
    [Fact]
    [Conformance(139)]
    public void What_ends_the_connection_goes_before_what_would_send_at_the_same_moment()
    {
        // The third retransmission is due at 0.3 + 0.6 + 1.2 s, the user timeout at the same moment.
        TimeSpan third = 7 * EstablishedConnection.Timeout;
        ConnectionScript script = EstablishedConnection.With(new ConnectionOptions { Pacing = false, UserTimeout = third }, sack: false);
        script.Write(Say.Bytes(100));
        script.TakeAll();
        script.Advance(third - TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, script.TakeAll().Count);
        script.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
        Assert.All(script.TakeAll(), s => Assert.True(s.Has(SegmentFlags.Rst)));
        Assert.Null(script.NextTimeout);
    }

    [Fact]
    [Conformance(94)]
    public void A_tick_that_comes_late_is_one_expiry_and_not_all_that_were_missed()
    {
        ConnectionScript script = EstablishedConnection.With(sack: false);
        script.Write(Say.Bytes(100));
        script.TakeAll();
        script.Do("wake up late", c => c.Timeout(script.Now + TimeSpan.FromSeconds(30)));
        Assert.Single(script.TakeAll());
        Assert.Equal(1, script.Connection!.Statistics.Timeouts);
    }

    [Fact]
    public void A_tick_that_comes_early_does_nothing()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(Say.Bytes(100));
        script.TakeAll();
        TimeSpan? due = script.NextTimeout;
        script.Do("wake up early", c => c.Timeout(script.Now));
        script.ExpectNothing();
        Assert.Equal((due, 0L), (script.NextTimeout, script.Connection!.Statistics.Timeouts));
    }

    /// <summary>The time of TIME-WAIT, and of an orphan that waits for the peer's FIN, is an end like any other; a peer that takes nothing is not.</summary>
    [Theory]
    [InlineData(true, ushort.MaxValue, CloseReason.Finished)]
    [InlineData(false, ushort.MaxValue, CloseReason.Finished)]
    [InlineData(false, 0, CloseReason.TimedOut)]
    public void An_orphan_ends_as_what_it_waited_for(bool sendsFin, ushort window, CloseReason expected)
    {
        ConnectionScript script = EstablishedConnection.With(new ConnectionOptions { Pacing = false, OrphanTimeout = TimeSpan.FromSeconds(20) });
        script.Write(Say.Bytes(500));
        script.Do("close", c => c.Close(script.Now));
        script.TakeAll();

        // Everything and the FIN, or the data only, with a window that is closed.
        script.Inject(window == 0 ? Say.Ack(1, 101, 0) : sendsFin ? Say.Fin(1, 502) : Say.Ack(1, 502));
        for (int i = 0; i < 30 && script.Connections > 0; i++)
        {
            script.Advance(TimeSpan.FromSeconds(1));
            if (window == 0 && script.TakeAll().Any(s => s.Payload.Length > 0 || s.Has(SegmentFlags.Fin)))
            {
                script.Inject(Say.Ack(1, 101, 0));
            }
        }

        Assert.Equal((expected, 0), (script.Stream.CloseReason!.Value, script.Connections));
    }

    [Fact]
    public void A_peer_that_leaves_every_window_probe_unanswered_is_given_up()
    {
        ConnectionScript script = EstablishedConnection.With(new ConnectionOptions { Pacing = false, MaxRetransmissions = 3 }, window: 1_000);
        script.Write(Say.Bytes(3_000));
        script.TakeAll();
        script.Inject(Say.Ack(1, 1_001, 0));
        int probes = 0;
        for (int i = 0; i < 60 && script.Stream.CloseReason is null; i++)
        {
            script.Advance(TimeSpan.FromMilliseconds(300));
            probes += script.TakeAll().Count(s => s.Payload.Length == 1);
        }

        Assert.Equal((CloseReason.TimedOut, 3), (script.Stream.CloseReason!.Value, probes));
    }
}
