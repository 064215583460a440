using System.Buffers;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>SND.*: SND.UNA never passes SND.NXT, nothing is offered beyond the window, and the numbers on the wire go round.</summary>
public sealed class SendStreamTests
{
    private readonly SendStream _stream = new(new SequenceNumber(uint.MaxValue - 1));

    [Fact]
    public void From_syn_to_fin_every_number_is_counted_once()
    {
        _stream.QueueSyn();
        Assert.Equal((true, false, 1L), (_stream.SynQueued, _stream.SynAcknowledged, _stream.WindowEdge));
        _stream.AdvanceNext(1, isFin: false);
        Assert.Equal((false, 1L), (_stream.SynQueued, _stream.Outstanding));
        _stream.AdvanceUnacknowledged(1);
        _stream.UpdateWindow(1_000);
        _stream.Buffer.Supply(new ReadOnlySequence<byte>(new byte[10]));
        Assert.Equal((10L, true, 1_001L), (_stream.Unsent, _stream.HasUnsent, _stream.WindowEdge));
        _stream.QueueFin();
        _stream.AdvanceNext(11, isFin: false);
        Assert.Equal((0L, true, false), (_stream.Unsent, _stream.HasUnsent, _stream.FinSent));
        _stream.AdvanceNext(12, isFin: true);
        Assert.Equal((false, true, false, false), (_stream.HasUnsent, _stream.FinSent, _stream.OnlyFinUnacknowledged, _stream.FinAcknowledged));
        _stream.AdvanceUnacknowledged(11);
        Assert.Equal((true, false), (_stream.OnlyFinUnacknowledged, _stream.FinAcknowledged));
        _stream.AdvanceUnacknowledged(12);
        Assert.True(_stream.FinAcknowledged);
    }

    [Fact]
    public void Numbers_go_round_and_come_back()
    {
        _stream.AdvanceNext(10, isFin: false);
        _stream.AdvanceUnacknowledged(1);
        Assert.Equal(new SequenceNumber(3), _stream.Wrap(5));
        Assert.Equal(5, _stream.Unwrap(new SequenceNumber(3)));
        Assert.Equal(-1, _stream.Unwrap(new SequenceNumber(uint.MaxValue - 2)));
    }

    [Theory]
    [InlineData(0, 100, true)]
    [InlineData(100, 0, false)]
    [InlineData(100, 200, false)]
    [InlineData(0, 0, false)]
    public void A_window_opens_only_where_there_was_none(long before, long after, bool opens)
    {
        _stream.UpdateWindow(before);
        Assert.Equal(opens, _stream.UpdateWindow(after));
        Assert.Equal(Math.Max(before, after), _stream.MaxWindow);
    }

    /// <summary>A probe overshoots a closed window by a byte: an acknowledgment goes under a number that the peer accepts.</summary>
    [Fact]
    public void A_bare_acknowledgment_is_never_beyond_the_window()
    {
        _stream.AdvanceNext(6, isFin: false);
        _stream.AdvanceUnacknowledged(5);
        _stream.UpdateWindow(0);
        Assert.Equal(5, _stream.AcceptableNext);
        _stream.UpdateWindow(10);
        Assert.Equal(6, _stream.AcceptableNext);
    }
}
