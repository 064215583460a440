using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>
/// Segments leave in the order of precedence (resets, the stream, a keep-alive, a bare acknowledgment), an acknowledgment rides on data where there
/// is some, and a closed connection says nothing but its reset.
/// </summary>
public sealed class TransmitterTests
{
    [Fact]
    public void An_acknowledgment_rides_on_data_and_is_not_sent_again_by_itself()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Write(Say.Bytes(100));
        script.TakeAll();
        script.Inject(Say.Data(1, 101, Say.Bytes(50)));
        script.Write(Say.Bytes(100));
        IReadOnlyList<ScriptedSegment> sent = script.TakeAll();
        Assert.Equal(51, sent[^1].Acknowledgment);
        Assert.Equal(100, sent.Sum(s => s.Payload.Length));
        script.Advance(TimeSpan.FromMilliseconds(60));
        script.ExpectNothing();
    }

    [Fact]
    public void A_reset_goes_before_all_and_nothing_comes_behind_it()
    {
        ConnectionScript script = EstablishedConnection.With(window: 500);
        script.Write(Say.Bytes(5_000));
        script.TakeAll();
        script.Do("abort", c => c.Abort());
        ScriptedSegment only = Assert.Single(script.TakeAll());
        Assert.True(only.Has(SegmentFlags.Rst));
        script.Advance(TimeSpan.FromMinutes(5));
        script.ExpectNothing();
    }

    /// <summary>RFC 9293, 3.8.4: one probe an interval, and data in its place if there is some.</summary>
    [Fact]
    public void A_keep_alive_is_sent_only_where_nothing_else_is()
    {
        var options = new ConnectionOptions { Pacing = false, KeepAlive = TimeSpan.FromSeconds(10), KeepAliveInterval = TimeSpan.FromSeconds(10) };
        ConnectionScript script = EstablishedConnection.With(options);
        script.Advance(TimeSpan.FromSeconds(10));
        ScriptedSegment probe = Assert.Single(script.TakeAll());
        Assert.Equal((0L, 0), (probe.Sequence, probe.Payload.Length));
        script.Inject(Say.Ack(1, 1));
        script.Advance(TimeSpan.FromSeconds(9.99));
        script.Write(Say.Bytes(100));
        script.Advance(TimeSpan.FromMilliseconds(20));
        ScriptedSegment data = Assert.Single(script.TakeAll());
        Assert.True(data.Is(1, 101));
    }

    [Fact]
    public void Time_wait_says_nothing_but_acknowledgments()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Do("close", c => c.Close(script.Now));
        script.TakeAll();
        script.Inject(Say.Fin(1, 2));
        script.ExpectState(ConnectionState.TimeWait);
        script.TakeAll();
        script.Inject(Say.Fin(1, 2));
        ScriptedSegment answer = script.Expect("an ACK", s => s.Flags == SegmentFlags.Ack);
        Assert.Equal((2L, 2L, 0), (answer.Sequence, answer.Acknowledgment, answer.Payload.Length));
        script.Advance(TimeSpan.FromSeconds(9));
        script.ExpectNothing();
    }

    /// <summary>Each turn gives one batch of one size, the last of it shorter at most.</summary>
    [Fact]
    public void A_batch_has_segments_of_one_size_but_for_the_last_and_no_more_than_asked_for()
    {
        ConnectionScript script = EstablishedConnection.With();
        script.Do("write", c =>
        {
            c.Write(new System.Buffers.ReadOnlySequence<byte>(Say.Bytes(6_500)));
            byte[] buffer = new byte[20_000];
            List<(int Bytes, int Size)> batches = [];
            while (c.Transmit(script.Now, buffer, 3) is { Bytes: > 0 } batch)
            {
                batches.Add((batch.Bytes, batch.SegmentSize));
            }

            const int Full = SegmentHeader.MinSize + EstablishedConnection.SegmentSize;
            Assert.Equal([(3 * Full, Full), (3 * Full, Full), (SegmentHeader.MinSize + 500, SegmentHeader.MinSize + 500)], batches);
        });
    }
}
