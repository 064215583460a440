using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Counters;
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
        Acknowledge(2_001, acknowledged: 10_001);
        Assert.Equal(RecoveryPhase.None, _recovery.Phase);
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

    private long Acknowledge(long before, long? acknowledged = null, bool isDuplicate = false)
    {
        while (_sent.Count > 0 && _sent[0].End <= acknowledged)
        {
            _sent.RemoveFirst();
        }

        long number = acknowledged ?? before;
        long lost = _recovery.OnAcknowledged(new ReceivedAcknowledgment(At(200), before, number, 10_001) { IsDuplicate = isDuplicate, IsNews = number > before });
        _recovery.OnLost(At(200), lost, 10_000, 10_001 - number, 10_001);
        return lost;
    }
}
