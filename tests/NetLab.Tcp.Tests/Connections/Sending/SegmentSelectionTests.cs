using System.Buffers;
using CsCheck;
using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>
/// What is sent next is allowed by both windows, continues the stream, and comes in the order of precedence; to choose changes nothing of
/// what is chosen.
/// </summary>
public sealed class SegmentSelectionTests
{
    private const int Size = 1_000;

    private static readonly Instant Now = Instant.FromOrigin(TimeSpan.FromSeconds(1));

    private readonly ConnectionOptions _options = new() { Pacing = false };
    private readonly TimerTable _timers = new();
    private readonly ConnectionStatistics _statistics = new();
    private readonly SendStream _stream = new(new SequenceNumber(uint.MaxValue - 3_000));
    private readonly SentSegments _sent = new();
    private readonly DeliveryRate _rate = new();
    private readonly RoundTripEstimator _roundTrip;
    private readonly CongestionLimit _congestion;
    private readonly LossRecovery _recovery;
    private readonly ZeroWindowProbe _windowProbe;
    private readonly SegmentSelection _selection;

    public SegmentSelectionTests()
    {
        var lossTimer = new LossTimer(_timers);
        var mtu = new PathMtu(_sent, _statistics, Size);
        _roundTrip = new RoundTripEstimator(_options);
        _congestion = new CongestionLimit(size => new NewReno(size), isPaced: false, Size);
        _recovery = new LossRecovery(_options, _statistics, _timers, lossTimer, _sent, new RackDetector(), _roundTrip, _congestion, Size) { Sack = true };
        _windowProbe = new ZeroWindowProbe(_options, _stream, _sent, _roundTrip, lossTimer);
        _selection = new SegmentSelection(_options, _timers, _stream, _sent, _recovery, _congestion, mtu, _windowProbe, _roundTrip);
    }

    [Fact]
    [Conformance(82, 83, 86)]
    public void What_is_new_continues_the_stream_within_both_windows_and_only_its_end_is_pushed_or_the_fin() =>
        Gen.Select(Gen.Int[1, 30_000], Gen.Int[1, 30_000], Gen.Bool, Gen.Bool).Sample((written, window, fin, nagle) =>
        {
            var test = new SegmentSelectionTests();
            test.Establish(written, window);
            test._selection.Nagle = nagle;
            if (fin)
            {
                test._stream.QueueFin();
            }

            long next = 1;
            while (test._selection.TryChoose(Now, out NextSegment chosen))
            {
                Assert.True(test._selection.TryChoose(Now, out NextSegment again));
                Assert.Equal(chosen, again);
                Assert.Equal((next, -1), (chosen.Start, chosen.Index));
                Assert.InRange(chosen.End, chosen.Start + 1, Math.Min(1 + window, 1 + test._congestion.Algorithm.Window));
                Assert.InRange(chosen.Length, 0, Size);
                bool isLast = chosen.Start + chosen.Length == 1 + written;
                Assert.True(isLast || (!chosen.IsPush && !chosen.IsFin && (chosen.Length == Size || chosen.End == 1 + window || chosen.Length >= window / 2)), chosen.ToString());
                Assert.Equal(isLast && chosen.Length > 0, chosen.IsPush);
                next = chosen.End;
                test.Commit(chosen);
            }

            // All of it, unless a window or Nagle's algorithm is why not.
            bool isBound = next + Size > 1 + Math.Min(window, test._congestion.Algorithm.Window);
            Assert.True(next == 1 + written + (fin ? 1 : 0) || isBound || nagle, $"{next} of {written}, window {window}");
        });

    /// <summary>The short way for bulk data may take no more than the long way would.</summary>
    [Fact]
    public void Bulk_is_no_more_than_what_would_be_chosen_one_by_one() =>
        Gen.Select(Gen.Int[1, 30_000], Gen.Int[1, 30_000], Gen.Int[1, 20]).Sample((written, window, max) =>
        {
            var test = new SegmentSelectionTests();
            test.Establish(written, window);
            if (!test._selection.TryChoose(Now, out NextSegment first))
            {
                return;
            }

            test.Commit(first);
            int bulk = test._selection.CountBulk(Now, max);
            Assert.InRange(bulk, 0, max);
            for (int i = 0; i < bulk; i++)
            {
                Assert.True(test._selection.TryChoose(Now, out NextSegment next));
                Assert.Equal((Size, true, false), (next.Length, next.IsNewData, next.IsPush));
                test.Commit(next);
            }
        });

    [Fact]
    public void The_order_is_syn_window_probe_tail_probe_lost_new()
    {
        _stream.QueueSyn();
        _stream.Buffer.Supply(new ReadOnlySequence<byte>(new byte[20_000]));
        Assert.True(_selection.TryChoose(Now, out NextSegment next) && next.IsSyn);
        _stream.AdvanceNext(1, isFin: false);
        Assert.False(_selection.TryChoose(Now, out _));
        _stream.AdvanceUnacknowledged(1);
        _stream.UpdateWindow(20_000);
        for (int i = 0; i < 4; i++)
        {
            Assert.True(_selection.TryChoose(Now, out next) && next.IsNewData);
            Commit(next);
        }

        _sent.MarkLost(1, LossCause.Time);
        Assert.True(_selection.TryChoose(Now, out next));
        Assert.Equal((1, 1_001L), (next.Index, next.Start));
        _recovery.TailProbe.IsDue = true;
        Assert.True(_selection.TryChoose(Now, out next) && next.IsTailProbe);
        _stream.UpdateWindow(0);
        _windowProbe.OnTimer();
        Assert.True(_selection.TryChoose(Now, out next));
        Assert.Equal((true, 1L, 1), (next.IsWindowProbe, next.Start, next.Length));
    }

    [Fact]
    [Conformance(85)]
    public void What_lies_behind_a_window_taken_back_is_not_sent_again_and_what_lies_across_it_is_cut()
    {
        Establish(5_000, 5_000);
        while (_selection.TryChoose(Now, out NextSegment next))
        {
            Commit(next);
        }

        _sent.MarkAllLost(LossCause.Timeout, forgetSacked: false);
        _stream.UpdateWindow(1_500);
        Assert.True(_selection.TryChoose(Now, out NextSegment again));
        Assert.Equal((1L, 1_001L), (again.Start, again.End));
        _sent.MarkRetransmitted(0, Now);
        Assert.True(_selection.TryChoose(Now, out again));
        Assert.Equal((1_001L, 1_501L), (again.Start, again.End));
        _sent.MarkRetransmitted(1, Now);
        Assert.False(_selection.TryChoose(Now, out _));
    }

    [Fact]
    public void A_tail_probe_is_new_data_where_there_is_some_else_the_last_segment_that_did_not_arrive()
    {
        Establish(2_000, 5_000);
        Commit(Choose());
        _recovery.TailProbe.IsDue = true;
        Assert.Equal((true, -1, 1_001L), (Choose().IsTailProbe, Choose().Index, Choose().Start));
        _recovery.TailProbe.IsDue = false;
        Commit(Choose());
        _sent.MarkSacked(1);
        _recovery.TailProbe.IsDue = true;
        Assert.Equal((true, 0, 1L), (Choose().IsTailProbe, Choose().Index, Choose().Start));
    }

    [Fact]
    public void What_keeps_it_from_sending_more_has_a_name()
    {
        Establish(2_000, 1_000);
        Commit(Choose());
        Assert.False(_selection.TryChoose(Now, out _));
        Assert.Equal(SendLimit.ReceiveWindow, _selection.Limit);
        _stream.UpdateWindow(60_000);
        _stream.Buffer.Supply(new ReadOnlySequence<byte>(new byte[50_000]));
        while (_selection.TryChoose(Now, out NextSegment next))
        {
            Commit(next);
        }

        Assert.Equal(SendLimit.CongestionWindow, _selection.Limit);
    }

    private NextSegment Choose()
    {
        Assert.True(_selection.TryChoose(Now, out NextSegment next));
        return next;
    }

    private void Establish(int written, int window)
    {
        _stream.AdvanceNext(1, isFin: false);
        _stream.AdvanceUnacknowledged(1);
        _stream.UpdateWindow(window);
        _stream.Buffer.Supply(new ReadOnlySequence<byte>(new byte[written]));
    }

    private void Commit(in NextSegment next)
    {
        _sent.Append(new SentSegment { Start = next.Start, End = next.End, SentAt = Now, Transmissions = 1, IsFin = next.IsFin, InFlight = true });
        _sent.Stamp(_sent.Count - 1, _rate, Now, _sent.InFlight);
        _stream.AdvanceNext(next.End, next.IsFin);
    }
}
