using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>
/// What reports of duplicates (D-SACK, RFC 2883) may undo: only those of what was sent again in this recovery count, each once (RFC 3708, 2).
/// </summary>
public sealed class DuplicateReportTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);

    [Fact]
    [Conformance(103, 118)]
    public void A_report_of_what_was_sent_once_undoes_nothing()
    {
        ConnectionScript script = InRecovery();
        script.Advance(Soon);

        // Claimed of 2001:3001, which never was sent twice, inside the block that follows (RFC 2883, 4.2).
        script.Inject(Say.Sack(script, 1, (2001, 3001), (1001, 4001)));
        AssertStillReduced(script);
    }

    [Fact]
    [Conformance(103, 118)]
    public void A_network_that_doubles_an_old_segment_undoes_nothing()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[1000]);
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Ack(1, 1001));
        script.Write(new byte[10_000]);
        script.TakeAll();
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 1001, (2001, 5001)));
        script.Expect("the lost segment", s => s.Is(1001, 2001));
        script.Advance(Soon);
        script.Inject(Say.Sack(script, 1001, (1, 1001), (2001, 5001)));
        script.Advance(9 * Soon);
        script.Inject(Say.Ack(1, 11_001));
        AssertStillReduced(script);
    }

    [Fact]
    [Conformance(103)]
    public void A_report_of_every_retransmission_undoes_the_recovery_also_after_its_end()
    {
        ConnectionScript script = InRecovery();
        script.Advance(2 * Soon);
        script.Inject(Say.Ack(1, 10_001));
        Assert.Equal(7, script.WindowInSegments());
        script.Advance(8 * Soon);
        script.Inject(Say.Sack(script, 10_001, (1, 1001)));
        Assert.Equal(10, script.WindowInSegments());
        Assert.Equal(1, script.Connection!.Statistics.SpuriousRecoveries);
    }

    [Fact]
    [Conformance(103)]
    public void One_report_that_covers_every_retransmission_counts_for_all_of_them()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[10_000]);
        script.TakeAll();
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 1, (2001, 6001)));
        Assert.Equal([(1L, 1001L), (1001L, 2001L)], script.TakeRanges());
        script.Advance(Soon);
        script.Inject(Say.Ack(1, 10_001));
        script.Inject(Say.Sack(script, 10_001, (1, 2001)));
        Assert.Equal(1, script.Connection!.Statistics.SpuriousRecoveries);
    }

    [Fact]
    [Conformance(103)]
    public void The_same_report_twice_counts_once()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[10_000]);
        script.TakeAll();
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 1, (2001, 6001)));
        Assert.Equal([(1L, 1001L), (1001L, 2001L)], script.TakeRanges());
        script.Advance(Soon);
        script.Inject(Say.Sack(script, 10_001, (1, 1001)));
        script.Inject(Say.Sack(script, 10_001, (1, 1001)));
        AssertStillReduced(script);
        script.Inject(Say.Sack(script, 10_001, (1001, 2001)));
        Assert.Equal(1, script.Connection!.Statistics.SpuriousRecoveries);
    }

    [Fact]
    [Conformance(103)]
    public void Half_of_a_retransmission_is_not_the_retransmission()
    {
        ConnectionScript script = InRecovery();
        script.Advance(Soon);
        script.Inject(Say.Sack(script, 10_001, (1, 501)));
        script.Inject(Say.Sack(script, 10_001, (501, 1001)));
        AssertStillReduced(script);
    }

    [Fact]
    [Conformance(103)]
    public void What_was_sent_again_in_an_earlier_recovery_says_nothing_of_this_one()
    {
        ConnectionScript script = InRecovery();
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Ack(1, 10_001));
        script.Write(new byte[7000]);
        script.TakeAll();
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 10_001, (11_001, 15_001)));
        script.Expect("the next recovery", s => s.Is(10_001, 11_001));
        long window = script.Connection!.CongestionWindow;
        script.Inject(Say.Sack(script, 10_001, (1, 1001), (11_001, 15_001)));
        Assert.Equal((window, 0), (script.Connection.CongestionWindow, script.Connection.Statistics.SpuriousRecoveries));
    }

    [Fact]
    [Conformance(103, 111)]
    public void What_an_undo_leaves_behind_is_repaired_without_a_timeout()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[10_000]);
        script.TakeAll();

        // The first three are late; the four behind them are lost, and not yet sent again when the report of the three comes.
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 1, (7001, 10_001)));
        Assert.Equal([(1L, 1001L), (1001L, 2001L), (2001L, 3001L)], script.TakeRanges());
        script.Advance(Soon);
        script.Inject(Say.Sack(script, 3001, (1, 3001), (7001, 10_001)));
        Assert.Equal(1, script.Connection!.Statistics.SpuriousRecoveries);

        // RACK's window, then PRR: one segment, and then as many more as arrive (RFC 8985, 6.2, RFC 9937, 6).
        script.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal([(3001L, 4001L)], script.TakeRanges());
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 4001, (7001, 10_001)));
        Assert.Equal([(4001L, 5001L), (5001L, 6001L)], script.TakeRanges());
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 6001, (7001, 10_001)));
        Assert.Equal([(6001L, 7001L)], script.TakeRanges());
        Assert.Equal(0, script.Connection!.Statistics.Timeouts);
    }

    [Fact]
    [Conformance(114)]
    public void A_network_that_doubles_segments_does_not_widen_the_reordering_window()
    {
        // RFC 8985, 6.2, step 4: a D-SACK widens the window as it tells of a retransmission that was for nothing.
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[10_000]);
        script.TakeAll();
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 2001, (1, 1001)));
        script.Inject(Say.Sack(script, 2001, (3001, 6001)));
        script.Expect("the lost segment at once, as nothing was ever reordered", s => s.Payload.Length > 0 && s.Is(10_001 - 8000, 3001));
    }

    [Fact]
    [Conformance(117)]
    public void A_report_of_something_else_does_not_excuse_the_loss_a_tail_probe_repaired()
    {
        // RFC 8985, 7.4.2: only a D-SACK of the probe itself says that the probe was not needed.
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[3000]);
        Assert.Equal(3, script.TakeAll().Count);
        script.Advance(TimeSpan.FromMilliseconds(210));
        script.Expect("the tail probe", s => s.Is(2001, 3001));
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 3001, (1, 1001)));
        script.Write(new byte[1000]);
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Ack(1, 4001));
        Assert.True(script.WindowInSegments() < 10);
    }

    // Ten segments out, the first taken for lost and sent again: ssthresh and cwnd are seven.
    private static ConnectionScript InRecovery()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(new byte[10_000]);
        Assert.Equal(10, script.TakeAll().Count);
        script.Advance(EstablishedConnection.RoundTrip);
        script.Inject(Say.Sack(script, 1, (1001, 4001)));
        script.Expect("the lost segment", s => s.Is(1, 1001));
        script.TakeAll();
        Assert.Equal(7, script.WindowInSegments());
        return script;
    }

    private static void AssertStillReduced(ConnectionScript script) =>
        Assert.Equal((7, 0), (script.WindowInSegments(), script.Connection!.Statistics.SpuriousRecoveries));
}
