using System.Buffers;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>A closed window is asked about with one byte, at intervals that double up to the limit (RFC 9293, 3.8.6.1).</summary>
public sealed class ZeroWindowProbeTests
{
    private static readonly ConnectionOptions Options = new() { MaxRetransmissionTimeout = TimeSpan.FromSeconds(10) };

    private readonly TimerTable _timers = new();
    private readonly SendStream _stream = new(new SequenceNumber(1));
    private readonly SentSegments _sent = new();
    private readonly ZeroWindowProbe _probe;

    public ZeroWindowProbeTests()
    {
        _probe = new ZeroWindowProbe(Options, _stream, _sent, new RoundTripEstimator(Options), new LossTimer(_timers));
        _stream.AdvanceNext(1, isFin: false);
        _stream.AdvanceUnacknowledged(1);
    }

    [Fact]
    public void Intervals_double_up_to_the_limit_and_begin_anew_with_the_window()
    {
        _stream.Buffer.Supply(new ReadOnlySequence<byte>(new byte[100]));
        Assert.Equal([1, 2, 4, 8, 10, 10], Intervals(6));
        _probe.Await(Instant.Zero);
        _probe.OnWindowOpened();
        Assert.False(_timers.IsSet(ConnectionTimer.WindowProbe));
        Assert.Equal([1, 2], Intervals(2));
        _probe.OnAdvanced();
        Assert.Equal([1, 2], Intervals(2));
    }

    [Fact]
    public void The_probe_is_one_byte_of_what_waits_or_the_fin()
    {
        _stream.Buffer.Supply(new ReadOnlySequence<byte>(new byte[100]));
        _probe.OnTimer();
        Assert.True(_probe.TryChoose(1_000, out NextSegment next));
        Assert.Equal((1L, 1, -1, true, false), (next.Start, next.Length, next.Index, next.IsWindowProbe, next.IsFin));
        _stream.AdvanceNext(101, isFin: false);
        _stream.AdvanceUnacknowledged(101);
        _stream.QueueFin();
        Assert.True(_probe.TryChoose(1_000, out next));
        Assert.Equal((101L, 0, true, true), (next.Start, next.Length, next.IsWindowProbe, next.IsFin));
        _probe.OnSent();
        Assert.False(_probe.IsDue);
    }

    [Fact]
    public void What_was_sent_before_is_asked_with_again()
    {
        _stream.Buffer.Supply(new ReadOnlySequence<byte>(new byte[100]));
        _sent.Append(new SentSegment { Start = 1, End = 101, Transmissions = 1, IsLost = true });
        _stream.AdvanceNext(101, isFin: false);
        _probe.OnTimer();
        Assert.True(_probe.TryChoose(1_000, out NextSegment next));
        Assert.Equal((1L, 1, 0), (next.Start, next.Length, next.Index));

        // Where there is room for it, it is sent again as what it is.
        _stream.UpdateWindow(7);
        _probe.OnTimer();
        Assert.False(_probe.TryChoose(1_000, out _));
        Assert.False(_probe.IsDue);
    }

    [Fact]
    public void Where_nothing_waits_nothing_is_asked()
    {
        _probe.OnTimer();
        Assert.False(_probe.TryChoose(1_000, out _));
        Assert.False(_probe.IsDue);
    }

    /// <summary>A window that has opened too little to be worth a segment is used as it is once the probe's time has come.</summary>
    [Fact]
    public void A_small_window_is_used_as_it_is()
    {
        _stream.Buffer.Supply(new ReadOnlySequence<byte>(new byte[100]));
        _stream.UpdateWindow(7);
        _probe.OnTimer();
        Assert.True(_probe.TryChoose(1_000, out NextSegment next));
        Assert.Equal((1L, 7, false), (next.Start, next.Length, next.IsWindowProbe));
        Assert.False(_probe.IsDue);
    }

    private double[] Intervals(int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        _probe.Await(Instant.Zero);
        double interval = (_timers[ConnectionTimer.WindowProbe] - Instant.Zero).TotalSeconds;
        _timers.Stop(ConnectionTimer.WindowProbe);
        _probe.OnTimer();
        _probe.OnSent();
        return interval;
    })];
}
