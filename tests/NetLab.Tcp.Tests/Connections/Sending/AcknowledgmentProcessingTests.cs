using System.Buffers;
using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>One acknowledgment, brought to all that it concerns: what one part learns of it, the others know.</summary>
public sealed class AcknowledgmentProcessingTests
{
    private const int Size = 1_000;

    private readonly ConnectionStatistics _statistics = new();
    private readonly TimerTable _timers = new();
    private readonly EcnNegotiation _negotiation = new(EcnMode.Answer);
    private readonly Sender _sender;
    private Instant _now = Instant.FromOrigin(TimeSpan.FromSeconds(1));

    public AcknowledgmentProcessingTests()
    {
        var options = new ConnectionOptions { Pacing = false, Congestion = CongestionAlgorithm.NewReno };
        _negotiation.OnSyn(SegmentFlags.Syn | SegmentFlags.Ece | SegmentFlags.Cwr, Udp.Sockets.EcnCodepoint.NotEct);
        _sender = new Sender(options, new SequenceNumber(uint.MaxValue), _timers, _statistics, new EcnDataSender(_negotiation));
        _sender.Stream.QueueSyn();
    }

    [Fact]
    public void Only_a_number_beyond_all_before_is_news_and_none_goes_back()
    {
        Establish();
        Send(3);
        Assert.True(Acknowledge(1_001));
        Assert.False(Acknowledge(1_001));
        Assert.False(Acknowledge(1));
        Assert.Equal((1_001L, 2_000L), (_sender.Stream.Unacknowledged, _sender.InFlight));
        Assert.True(Acknowledge(3_001));
        Assert.Equal((0L, false), (_sender.InFlight, _timers.IsSet(ConnectionTimer.Retransmission)));
    }

    [Fact]
    [Conformance(96)]
    public void The_ack_of_what_was_sent_twice_measures_nothing_without_timestamps_and_does_with_them()
    {
        Establish();
        Send(1);
        TimeSpan? before = _sender.RoundTrip.Latest;
        Timeout();
        _now += TimeSpan.FromMilliseconds(7);
        Acknowledge(1_001);
        Assert.Equal((before, 1), (_sender.RoundTrip.Latest, _sender.RoundTrip.Backoff));
        Send(1);
        Timeout();
        _now += TimeSpan.FromMilliseconds(7);
        Acknowledge(2_001, echoAge: TimeSpan.FromMilliseconds(7));
        Assert.Equal((TimeSpan.FromMilliseconds(7), 0), (_sender.RoundTrip.Latest!.Value, _sender.RoundTrip.Backoff));
    }

    [Fact]
    public void After_a_lost_syn_one_segment_is_sent_and_three_seconds_are_waited()
    {
        _sender.TryChoose(_now, out NextSegment syn);
        _sender.Commit(_now, syn, null);
        Timeout();
        _sender.NegotiateSegmentSize(Size);
        _sender.UpdateWindow(1 << 20);
        Acknowledge(1);
        Assert.Equal((Size, TimeSpan.FromSeconds(3)), (_sender.Congestion.Window, _sender.RoundTrip.Timeout));
    }

    /// <summary>RFC 3168, 6.1.2: like a loss, once a round trip; an acknowledgment that brings nothing new tells of no other marks.</summary>
    [Fact]
    [Conformance(127)]
    public void Marks_reduce_once_a_round_trip_and_only_by_what_acknowledges_something()
    {
        Establish();
        Send(8);
        long window = _sender.Congestion.Window;
        Acknowledge(1, flags: SegmentFlags.Ece);
        Assert.Equal(window, _sender.Congestion.Window);
        Acknowledge(1_001, flags: SegmentFlags.Ece);
        long reduced = _sender.Congestion.Window;
        Assert.InRange(reduced, Size, window - 1);
        Assert.True(_sender.AnswersMark && _sender.Ecn.ReductionDue);
        Acknowledge(3_001, flags: SegmentFlags.Ece);
        Assert.Equal(reduced, _sender.Congestion.Window);
        Acknowledge(8_001);
        Assert.False(_sender.AnswersMark);
        Send(2);
        Acknowledge(9_001, flags: SegmentFlags.Ece);
        Assert.InRange(_sender.Congestion.Window, Size, reduced - 1);
        Assert.Equal(0, _statistics.Retransmissions);
    }

    [Fact]
    [Conformance(107)]
    public void An_ack_that_changes_the_window_or_brings_data_is_no_duplicate()
    {
        Establish();
        Send(5);
        Acknowledge(1_001);
        Acknowledge(1_001, windowChanged: true);
        Acknowledge(1_001, payload: new byte[1]);
        Assert.Equal(0, _statistics.DuplicateAcknowledgments);
        Acknowledge(1_001);
        Assert.Equal(1, _statistics.DuplicateAcknowledgments);
    }

    private void Establish()
    {
        _sender.TryChoose(_now, out NextSegment syn);
        _sender.Commit(_now, syn, null);
        _sender.NegotiateSegmentSize(Size);
        _sender.UpdateWindow(1 << 20);
        _now += TimeSpan.FromMilliseconds(50);
        Acknowledge(1);
        Assert.Equal(TimeSpan.FromMilliseconds(50), _sender.RoundTrip.Latest);
    }

    private void Send(int segments)
    {
        _sender.Buffer.Supply(new ReadOnlySequence<byte>(new byte[_sender.Stream.Outstanding + (segments * Size)]));
        for (int i = 0; i < segments; i++)
        {
            Assert.True(_sender.TryChoose(_now, out NextSegment next) && next.Length == Size);
            _sender.Commit(_now, next, null);
        }
    }

    // The retransmission timer comes due, and what it says is lost is sent again.
    private void Timeout()
    {
        _now = _timers[ConnectionTimer.Retransmission];
        Assert.True(_timers.TryExpire(ConnectionTimer.Retransmission, _now));
        _sender.OnRetransmissionTimer(_now);
        Assert.True(_sender.TryChoose(_now, out NextSegment again) && again.Index == 0);
        _sender.Commit(_now, again, null);
    }

    private bool Acknowledge(long number, SegmentFlags flags = SegmentFlags.None, bool windowChanged = false, TimeSpan? echoAge = null, byte[]? payload = null)
    {
        bool advances = _sender.Acknowledge(_now, number, new Segment(new SegmentHeader { Flags = SegmentFlags.Ack | flags }, payload), windowChanged, echoAge);
        _sender.Buffer.Release(_sender.Stream.Unacknowledged);
        return advances;
    }
}
