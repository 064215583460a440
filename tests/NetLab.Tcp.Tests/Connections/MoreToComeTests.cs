using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>A writer that waits for room: what would make a small batch waits for an acknowledgment, and never for longer.</summary>
public sealed class MoreToComeTests
{
    private const int Payload = 100;

    // The script transmits 64 segments at once.
    private const int Batch = 64 * Payload;

    private static readonly ConnectionOptions Unpaced = new() { Pacing = false };

    [Fact]
    public void Less_than_a_batch_waits_while_a_whole_one_is_on_its_way()
    {
        ConnectionScript script = Grown(default);
        long written = script.Stream.Written;
        script.Stream.MoreToCome = true;
        script.Write(new byte[Batch + Batch - 1]);
        Assert.Equal(Batch, Sent(script));

        // A byte less than a batch is on its way: an acknowledgment may be a delayed one.
        script.Inject(Say.Ack(1, written + 2));
        Assert.Equal(Batch - 1, Sent(script));
    }

    [Fact]
    public void It_goes_when_it_has_become_a_batch_and_when_nothing_more_is_to_come()
    {
        ConnectionScript script = Grown(default);
        script.Stream.MoreToCome = true;
        script.Write(new byte[Batch + 10]);
        Assert.Equal(Batch, Sent(script));
        script.Write(new byte[Batch - 11]);
        Assert.Equal(0, Sent(script));
        script.Write(new byte[1]);
        Assert.Equal(Batch, Sent(script));
        script.Write(new byte[10]);
        Assert.Equal(0, Sent(script));
        script.Stream.MoreToCome = false;
        script.Write(new byte[1]);
        Assert.Equal(11, Sent(script));
    }

    [Fact]
    public void The_end_of_the_stream_does_not_wait()
    {
        ConnectionScript script = Grown(default);
        script.Stream.MoreToCome = true;
        script.Write(new byte[Batch + (3 * Payload)]);
        Assert.Equal(Batch, Sent(script));
        script.Do("half-closes", c => c.ShutdownSend());
        Assert.Equal(3 * Payload, Sent(script));
    }

    [Fact]
    public void Nothing_waits_where_an_acknowledgment_takes_long()
    {
        ConnectionScript script = Grown(TimeSpan.FromMilliseconds(10));
        script.Stream.MoreToCome = true;
        script.Write(new byte[Batch + 10]);
        Assert.Equal(Batch + 10, Sent(script));
    }

    [Fact]
    public void What_is_lost_is_sent_again_while_something_waits()
    {
        ConnectionScript script = Grown(default);
        long written = script.Stream.Written;
        script.Stream.MoreToCome = true;
        script.Write(new byte[(2 * Batch) + 10]);
        Assert.Equal(2 * Batch, Sent(script));
        for (int duplicate = 0; duplicate < 3; duplicate++)
        {
            script.Inject(Say.Ack(1, written + 1));
        }

        Assert.Equal(written + 1, Assert.Single(script.TakeAll(), s => s.Sequence == written + 1).Sequence);

        // Nobody answers any more: the timers send again what is first, and what waited goes with the next acknowledgment.
        script.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains(script.TakeAll(), s => s.Sequence == written + 1);
        script.Inject(Say.Ack(1, written + (2 * Batch) + 1));
        Assert.Equal(10, Sent(script));
    }

    [Fact]
    public void Nothing_waits_for_the_acknowledgment_of_a_single_segment()
    {
        // A batch is one segment here: that it is acknowledged may take the delay of an acknowledgment.
        const int Large = 60_000;
        ConnectionScript script = Grown(default, Large);
        script.Stream.MoreToCome = true;
        script.Write(new byte[Large + 10]);
        Assert.Equal(Large + 10, Sent(script));
    }

    // After a transfer that has opened the congestion window beyond two batches, at a round trip of so long.
    private static ConnectionScript Grown(TimeSpan roundTrip, int payload = Payload)
    {
        ConnectionScript script = ConnectionScript.Established(Unpaced with { MaxSegmentSize = payload }, new SegmentOptions { MaxSegmentSize = payload, WindowScale = 4 });
        script.Write(new byte[60_000]);
        long acknowledged = 0;
        while (acknowledged < script.Stream.Written)
        {
            long sent = acknowledged + Sent(script);
            script.Advance(roundTrip);
            while (acknowledged < sent)
            {
                // Every second segment is acknowledged (RFC 9293, 3.8.6.3).
                acknowledged = Math.Min(sent, acknowledged + (2 * payload));
                script.Inject(Say.Ack(1, acknowledged + 1));
            }
        }

        Assert.InRange(script.Connection!.CongestionWindow, 3 * Batch, long.MaxValue);
        return script;
    }

    private static int Sent(ConnectionScript script) => script.TakeAll().Sum(s => s.Payload.Length);
}
