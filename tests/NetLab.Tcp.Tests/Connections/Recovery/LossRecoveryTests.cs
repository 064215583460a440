using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>A recovery reduces the window once, lasts until what was outstanding is acknowledged, and a timeout backs off.</summary>
public sealed class LossRecoveryTests
{
    private readonly ConnectionStatistics _statistics = new();
    private readonly TimerTable _timers = new();
    private readonly SentSegments _sent = new();
    private readonly DeliveryRate _rate = new();
    private readonly RoundTripEstimator _roundTrip;
    private readonly CongestionLimit _congestion = new(size => new NewReno(size), isPaced: false, 1_000);
    private readonly LossRecovery _recovery;

    public LossRecoveryTests()
    {
        var options = new ConnectionOptions();
        _roundTrip = new RoundTripEstimator(options);
        _roundTrip.Sample(TimeSpan.FromMilliseconds(100));
        _recovery = new LossRecovery(options, _statistics, _timers, new LossTimer(_timers), _sent, new RackDetector(), _roundTrip, _congestion, 1_000);
        _sent.AppendBulk(1, 1_000, 10, _rate, At(0));
    }

    [Fact]
    public void Three_duplicates_point_at_the_oldest_and_the_window_is_reduced_once()
    {
        long before = _congestion.Algorithm.Window;
        Assert.Equal([0L, 0, 1_000, 0, 0], Enumerable.Range(0, 5).Select(_ => Acknowledge(1, isDuplicate: true)));
        Assert.Equal((RecoveryPhase.Fast, 1L, true), (_recovery.Phase, _statistics.FastRecoveries, _recovery.RetransmitsFirst));
        Assert.True(_congestion.Algorithm.SlowStartThreshold < before);
        long threshold = _congestion.Algorithm.SlowStartThreshold;
        Assert.Equal(1_000, Acknowledge(1, acknowledged: 2_001));
        Assert.Equal((RecoveryPhase.Fast, threshold), (_recovery.Phase, _congestion.Algorithm.SlowStartThreshold));

        // Whatever the window has come to meanwhile: it is ssthresh at the end (RFC 6582, 3.2).
        _congestion.Algorithm.OnLostSyn();
        Acknowledge(2_001, acknowledged: 10_001);
        Assert.Equal((RecoveryPhase.None, threshold), (_recovery.Phase, _congestion.Algorithm.Window));
    }

    /// <summary>RFC 5681, 4.3: what the scoreboard still knows to be lost of what was sent during a recovery begins the next one, with a reduction of its own.</summary>
    [Fact]
    public void A_loss_of_what_was_sent_during_a_recovery_is_another_sign_of_congestion()
    {
        _recovery.Sack = true;
        LoseFirst();
        long threshold = _congestion.Algorithm.SlowStartThreshold;
        _sent.AppendBulk(10_001, 1_000, 5, _rate, At(210));
        for (int i = 10; i < 15; i++)
        {
            _sent.MarkLost(i, LossCause.Time);
        }

        Acknowledge(1, acknowledged: 10_001, next: 15_001);
        Assert.Equal((RecoveryPhase.Fast, 2L), (_recovery.Phase, _statistics.FastRecoveries));
        Assert.True(_congestion.Algorithm.SlowStartThreshold < threshold);
    }

    /// <summary>RFC 3522 and 3708: by the echo of an older timestamp, or by the report of every retransmission as a duplicate.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_recovery_for_nothing_is_undone_and_nothing_is_taken_for_lost_any_more(bool byTimestamp)
    {
        _recovery.Sack = true;
        long window = _congestion.Algorithm.Window;
        LoseFirst();
        _sent.MarkRetransmitted(0, At(200));
        _recovery.OnResent(1, 1_001, timestamp: 500);
        _sent.MarkLost(1, LossCause.Time);
        _sent.RemoveFirst();
        var acknowledgment = new ReceivedAcknowledgment(At(210), 1, 1_001, 10_001) { IsNews = true };
        _recovery.OnAcknowledged(byTimestamp ? acknowledgment with { Echo = 499 } : acknowledgment with { Duplicate = (1, 1_001) });
        Assert.Equal((RecoveryPhase.None, window, 0, 1L), (_recovery.Phase, _congestion.Algorithm.Window, _sent.LostCount, _statistics.SpuriousRecoveries));
    }

    [Fact]
    public void A_recovery_that_was_needed_is_not_undone()
    {
        _recovery.Sack = true;
        LoseFirst();
        _sent.MarkRetransmitted(0, At(200));
        _recovery.OnResent(1, 1_001, timestamp: 500);
        Acknowledge(1, acknowledged: 1_001, echo: 500);
        Assert.Equal((RecoveryPhase.Fast, 0L), (_recovery.Phase, _statistics.SpuriousRecoveries));
    }

    /// <summary>What is outstanding beyond the window, because what arrived behind a hole made room for it, was never in the network at once.</summary>
    [Fact]
    public void The_flight_is_no_more_than_the_window_let_into_the_network()
    {
        _recovery.Sack = true;
        Assert.Equal((4_000, _congestion.Algorithm.Window), (_recovery.FlightOf(4_000), _recovery.FlightOf(100_000)));
    }

    /// <summary>RFC 2018, 8: a peer that sacked the segment it waits for has thrown it away, and what it says it has is not believed.</summary>
    [Theory]
    [InlineData(true, 10, 0)]
    [InlineData(false, 9, 1)]
    public void After_a_timeout_a_peer_that_has_thrown_away_what_it_had_is_not_believed(bool isHead, int lost, int sacked)
    {
        _recovery.Sack = true;
        _sent.MarkSacked(isHead ? 0 : 1);
        _recovery.OnTimeout(At(1_000), 10_000, 10_001);
        Assert.Equal((lost, sacked), (_sent.LostCount, _sent.SackedCount));
    }

    /// <summary>A retransmission that never left says nothing of the path: its expiry and its back-off are taken back, but for the first.</summary>
    [Fact]
    public void A_retransmission_that_did_not_leave_does_not_count()
    {
        TimeSpan timeout = _roundTrip.Timeout;
        int[] expiries = [.. Enumerable.Range(1, 4).Select(i =>
        {
            int count = _recovery.OnTimeout(At(1_000 * i), 10_000, 10_001);
            _recovery.OnNotSent(At(1_000 * i));
            return count;
        })];
        Assert.Equal([1, 2, 2, 2], expiries);
        Assert.Equal(2 * timeout, _roundTrip.Timeout);
        Assert.Equal(At(4_000) + (2 * timeout), _timers[ConnectionTimer.Retransmission]);
    }

    /// <summary>Each duplicate ACK stands for a segment that has left the network, where the peer does not say which (RFC 5681, 3.2).</summary>
    [Fact]
    public void Without_selective_acknowledgments_duplicates_count_as_arrivals()
    {
        Assert.Equal(10_000, _recovery.InFlight);
        Acknowledge(1, isDuplicate: true);
        Acknowledge(1, isDuplicate: true);
        Assert.Equal(8_000, _recovery.InFlight);
        _recovery.Sack = true;
        Assert.Equal(10_000, _recovery.InFlight);
    }

    [Fact]
    public void A_timeout_marks_everything_and_backs_off_until_something_is_acknowledged()
    {
        TimeSpan timeout = _roundTrip.Timeout;
        Assert.Equal(1, _recovery.OnTimeout(At(1_000), 10_000, 10_001));
        Assert.Equal((RecoveryPhase.Timeout, 10, 2 * timeout), (_recovery.Phase, _sent.LostCount, _roundTrip.Timeout));
        long threshold = _congestion.Algorithm.SlowStartThreshold;
        Assert.Equal(2, _recovery.OnTimeout(At(3_000), 10_000, 10_001));
        Assert.Equal((threshold, 4 * timeout), (_congestion.Algorithm.SlowStartThreshold, _roundTrip.Timeout));
        Acknowledge(1, acknowledged: 1_001);
        _recovery.OnAdvanced(At(3_100));
        Assert.Equal(1, _recovery.OnTimeout(At(9_000), 9_000, 10_001));
    }

    [Fact]
    public void The_timer_runs_while_something_is_outstanding()
    {
        _recovery.AwaitAcknowledgment(At(0), isHead: false);
        _recovery.AwaitAcknowledgment(At(50), isHead: false);
        Assert.Equal(At(0) + _roundTrip.Timeout, _timers[ConnectionTimer.Retransmission]);
        _recovery.OnAdvanced(At(60));
        Assert.Equal(At(60) + _roundTrip.Timeout, _timers[ConnectionTimer.Retransmission]);
        while (_sent.Count > 0)
        {
            _sent.RemoveFirst();
        }

        _recovery.OnAdvanced(At(70));
        Assert.Equal(Instant.Never, _timers.Next);
    }

    private static Instant At(int milliseconds) => Instant.FromOrigin(TimeSpan.FromSeconds(1)) + TimeSpan.FromMilliseconds(milliseconds);

    // The oldest segment is found lost, and a recovery begins.
    private void LoseFirst()
    {
        _sent.MarkLost(0, LossCause.Time);
        _recovery.OnLost(At(200), 1_000, 10_000, 10_000, 10_001);
        Assert.Equal(RecoveryPhase.Fast, _recovery.Phase);
    }

    private long Acknowledge(long before, long? acknowledged = null, bool isDuplicate = false, long next = 10_001, uint? echo = null)
    {
        while (_sent.Count > 0 && _sent[0].End <= acknowledged)
        {
            _sent.RemoveFirst();
        }

        long number = acknowledged ?? before;
        long lost = _recovery.OnAcknowledged(new ReceivedAcknowledgment(At(200), before, number, next) { IsDuplicate = isDuplicate, IsNews = number > before, Echo = echo });
        _recovery.OnLost(At(200), lost, 10_000, next - number, next);
        return lost;
    }
}
