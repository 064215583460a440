using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections.Sending;

/// <summary>A window that the peer has shut (RFC 9293, 3.8.6.1): asked for at growing intervals, for as long as the peer answers.</summary>
public sealed class ClosedWindowTests
{
    private static readonly SegmentOptions Mss100 = new() { MaxSegmentSize = 100 };

    [Fact]
    [Conformance(133, 134, 135)]
    public void A_closed_window_is_probed_at_growing_intervals_until_it_opens()
    {
        ConnectionScript script = Established();
        script.Write(new byte[100]);
        script.TakeAll();
        script.Inject(Say.Ack(1, 101, window: 0));
        script.Write(Say.Bytes(50));
        script.ExpectNothing();
        TimeSpan first = script.NextTimeout!.Value;
        for (int i = 0; i < 20; i++)
        {
            TimeSpan wait = script.NextTimeout!.Value;
            Assert.Equal(Math.Min(60, first.TotalSeconds * Math.Pow(2, i)), wait.TotalSeconds, 3);
            script.Advance(wait);
            script.Expect("one byte", s => s.Sequence == 101 && s.Payload.Length == 1);
            script.Inject(Say.Ack(1, 101, window: 0));
        }

        // The peer answered each time: it is alive, whatever it takes. The rest goes when it has room.
        Assert.Null(script.Stream.CloseReason);
        script.Inject(Say.Ack(1, 101, window: 1000));
        byte[] sent = [.. script.TakeAll().SelectMany(s => s.Payload.ToArray())];
        Assert.Equal(Say.Bytes(50), sent);
    }

    [Fact]
    [Conformance(134)]
    public void A_peer_with_a_closed_window_that_falls_silent_is_given_up()
    {
        ConnectionScript script = Established(new ConnectionOptions { MaxRetransmissions = 4 });
        script.Write(new byte[100]);
        script.Inject(Say.Ack(1, 101, window: 0));
        script.Write(new byte[100]);
        script.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
    }

    [Fact]
    [Conformance(136, 137)]
    public void After_a_window_probe_our_acknowledgments_stay_inside_the_window()
    {
        ConnectionScript script = Established();
        script.Write(new byte[100]);
        script.TakeAll();
        script.Inject(Say.Ack(1, 101, window: 0));
        script.Write(new byte[100]);
        script.Advance(script.NextTimeout!.Value);
        script.Expect("a probe of one byte", s => s.Sequence == 101 && s.Payload.Length == 1);
        script.Inject(Say.Data(1, 101, Say.Bytes(10)) with { Window = 0 });

        // SND.NXT is 102, beyond the window; a peer without room would not look at an ACK there.
        script.Expect("an ACK at the window's edge", s => s.Sequence == 101 && s.Acknowledgment == 11 && s.Payload.Length == 0);
    }

    private static ConnectionScript Established(ConnectionOptions? options = null)
    {
        ConnectionScript script = ConnectionScript.Established(options, Mss100);
        Assert.Null(script.NextTimeout);
        return script;
    }
}
