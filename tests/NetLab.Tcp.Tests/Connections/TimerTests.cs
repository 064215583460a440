using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>Keep-alive and the user timeout (RFC 9293, 3.8.4; RFC 5482), and times that come from outside.</summary>
public sealed class TimerTests
{
    private static readonly ConnectionOptions Alive = new()
    {
        KeepAlive = TimeSpan.FromSeconds(10),
        KeepAliveInterval = TimeSpan.FromSeconds(2),
        KeepAliveProbes = 3,
    };

    [Fact]
    [Conformance(138)]
    public void An_idle_peer_is_asked_and_one_that_does_not_answer_is_given_up()
    {
        ConnectionScript script = ConnectionScript.Established(Alive);
        script.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        script.ExpectNothing();
        script.Advance(TimeSpan.FromTicks(1));
        script.Expect("a keep-alive", s => s.Flags == SegmentFlags.Ack && s.Sequence == 0 && s.Payload.Length == 0);
        script.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(2, script.TakeAll().Count);
        script.Advance(TimeSpan.FromSeconds(2));
        script.Expect("a RST", s => s.Has(SegmentFlags.Rst));
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
    }

    [Fact]
    [Conformance(138)]
    public void An_answer_or_data_begins_the_wait_anew_and_unacknowledged_data_needs_no_probe()
    {
        ConnectionScript script = ConnectionScript.Established(Alive);
        script.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(2, script.TakeAll().Count);
        script.Inject(Say.Ack(1, 1));
        script.Advance(TimeSpan.FromSeconds(9));
        script.ExpectNothing();
        script.Inject(Say.Data(1, 1, Say.Bytes(1)));
        script.TakeAll();
        script.Advance(TimeSpan.FromSeconds(9));
        script.ExpectNothing();
        script.Write(new byte[1]);
        script.TakeAll();
        script.Advance(TimeSpan.FromSeconds(5));
        Assert.All(script.TakeAll(), s => Assert.Equal(1, s.Payload.Length));
    }

    [Fact]
    [Conformance(138)]
    public void A_keep_alive_is_answered()
    {
        ConnectionScript script = ConnectionScript.Established();
        for (int i = 0; i < 5; i++)
        {
            script.Advance(TimeSpan.FromSeconds(1));
            script.Inject(Say.Ack(0, 1));
            script.Expect("an ACK", s => s.Flags == SegmentFlags.Ack && s.Acknowledgment == 1);
            script.ExpectNothing();
        }
    }

    [Fact]
    [Conformance(138)]
    public void Probes_follow_each_other_no_faster_than_a_peer_that_is_there_could_answer()
    {
        ConnectionScript script = ConnectionScript.Established(Alive with { KeepAliveInterval = TimeSpan.FromMilliseconds(1) });
        script.Advance(TimeSpan.FromSeconds(10.1));
        script.Expect("a probe", s => s.Sequence == 0);
        script.ExpectNothing();
        script.Inject(Say.Ack(1, 1));
        script.Advance(TimeSpan.FromSeconds(9));
        script.ExpectNothing();
        script.ExpectState(ConnectionState.Established);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(11)]
    [Conformance(139)]
    public void The_user_timeout_and_not_the_number_of_probes_says_when_a_silent_peer_is_given_up(int seconds)
    {
        ConnectionScript script = ConnectionScript.Established(Alive with { UserTimeout = TimeSpan.FromSeconds(seconds) });
        script.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        script.ExpectState(ConnectionState.Established);
        script.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Conformance(139)]
    public void The_user_timeout_ends_a_connection_whose_data_or_fin_is_not_acknowledged(bool fin)
    {
        ConnectionScript script = ConnectionScript.Established(new ConnectionOptions { UserTimeout = TimeSpan.FromSeconds(30) });
        script.Advance(TimeSpan.FromHours(1));
        if (fin)
        {
            script.Do("half-close", c => c.ShutdownSend());
        }
        else
        {
            script.Write(new byte[10]);
        }

        script.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.Null(script.Stream.CloseReason);
        script.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
    }

    [Fact]
    [Conformance(139)]
    public void The_user_timeout_holds_while_connecting()
    {
        ConnectionScript script = ConnectionScript.Connecting(new ConnectionOptions { UserTimeout = TimeSpan.FromSeconds(5) });
        script.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(CloseReason.TimedOut, script.Stream.CloseReason);
    }

    [Fact]
    [Conformance(104)]
    public void A_round_trip_ends_when_the_socket_got_the_acknowledgment_and_not_when_the_machine_did()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Write(new byte[100]);
        Instant arrived = script.Now + TimeSpan.FromMilliseconds(20);
        script.Do("the machine gets round to it a minute later", c =>
        {
            // The ACK was stamped by the socket; the loop was busy with others until now.
            var header = new SegmentHeader
            {
                SourcePort = ConnectionScript.PeerPort,
                DestinationPort = c.LocalPort,
                Sequence = SequenceNumber.Wrap(1, new SequenceNumber(1_000_000)),
                Acknowledgment = script.OwnNumber(101),
                Flags = SegmentFlags.Ack,
                Window = ushort.MaxValue,
            };
            c.Receive(arrived, new Segment(header, default));
        });

        // 20 ms into a smoothed round trip that began at 0: an eighth of it.
        Assert.Equal(TimeSpan.FromMilliseconds(2.5), script.Connection!.Statistics.SmoothedRoundTrip);
    }
}
