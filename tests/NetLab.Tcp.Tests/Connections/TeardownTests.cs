using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>FINs, resets and TIME-WAIT (RFC 9293, 3.6 and 3.10).</summary>
public sealed class TeardownTests
{
    private static readonly TimeSpan TwoMsl = TimeSpan.FromSeconds(10);

    [Fact]
    [Conformance(141, 150)]
    public void The_active_closer_goes_through_time_wait_for_exactly_two_msl()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("close", c => c.Close(script.Now));
        script.ExpectState(ConnectionState.FinWait1);
        script.Expect("our FIN", s => s.Has(SegmentFlags.Fin | SegmentFlags.Ack) && s.Sequence == 1);
        script.Inject(Say.Ack(1, 2));
        script.ExpectState(ConnectionState.FinWait2);
        script.Inject(Say.Fin(1, 2));
        script.ExpectState(ConnectionState.TimeWait);
        script.Expect("the last ACK", s => s.Flags == SegmentFlags.Ack && s.Sequence == 2 && s.Acknowledgment == 2);
        Assert.Equal(CloseReason.Finished, script.Stream.CloseReason);
        Assert.Equal(TwoMsl, script.NextTimeout);
        script.Advance(TwoMsl - TimeSpan.FromTicks(1));
        Assert.Equal(1, script.Connections);
        script.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, script.Connections);
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(141, 140)]
    public void The_passive_closer_goes_through_close_wait_and_last_ack()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Fin(1, 1));
        script.ExpectState(ConnectionState.CloseWait);
        script.Expect("an ACK of the FIN at once", s => s.Acknowledgment == 2);
        script.Do("close", c => c.Close(script.Now));
        script.ExpectState(ConnectionState.LastAck);
        script.Expect("our FIN", s => s.Has(SegmentFlags.Fin) && s.Acknowledgment == 2);
        script.Inject(Say.Ack(2, 2));
        script.ExpectState(ConnectionState.Closed);
        Assert.Equal(CloseReason.Finished, script.Stream.CloseReason);
        Assert.Null(script.NextTimeout);
        Assert.Equal(0, script.Connections);
    }

    [Fact]
    [Conformance(142, 156)]
    public void After_our_fin_the_peers_data_is_delivered_and_acknowledged()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("shut down sending", c => c.ShutdownSend());
        script.Expect("our FIN", s => s.Has(SegmentFlags.Fin));
        script.Inject(Say.Data(1, 2, Say.Bytes(10)));
        script.Expect("an ACK", s => s.Acknowledgment == 11);
        script.Inject(Say.Data(11, 2, Say.Bytes(10, 10)));
        Assert.Equal(Say.Bytes(20), script.Stream.Received);
        script.ExpectState(ConnectionState.FinWait2);
    }

    [Fact]
    [Conformance(143)]
    public void A_fin_rides_on_the_last_data()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("nothing yet", _ => { });
        script.Stream.Write(Say.Bytes(10));
        script.Do("shut down sending", c => c.ShutdownSend());
        script.Expect("data with the FIN", s => s.Has(SegmentFlags.Fin) && s.Payload.Length == 10);
        script.ExpectNothing();
    }

    [Fact]
    [Conformance(143)]
    public void A_fin_that_acknowledges_ours_leads_straight_to_time_wait()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("close", c => c.Close(script.Now));
        script.TakeAll();
        script.Inject(Say.Fin(1, 2));
        script.ExpectState(ConnectionState.TimeWait);
        script.Expect("the last ACK", s => s.Acknowledgment == 2);
    }

    [Fact]
    [Conformance(144)]
    public void Two_who_close_at_once_meet_in_closing()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("close", c => c.Close(script.Now));
        script.TakeAll();
        script.Inject(Say.Fin(1, 1));
        script.ExpectState(ConnectionState.Closing);
        script.Expect("an ACK of their FIN", s => s.Acknowledgment == 2);
        script.Inject(Say.Ack(2, 2));
        script.ExpectState(ConnectionState.TimeWait);
    }

    [Fact]
    [Conformance(144)]
    public void Closing_at_once_with_data_on_the_way_loses_none()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("shut down sending", c => c.ShutdownSend());
        script.TakeAll();
        script.Inject(Say.Fin(6, 1));
        script.ExpectState(ConnectionState.FinWait1);
        script.Inject(Say.Data(1, 1, Say.Bytes(5)));
        script.ExpectState(ConnectionState.Closing);
        Assert.Equal(Say.Bytes(5), script.Stream.Received);
        Assert.True(script.Stream.IsEndOfStream);
    }

    [Fact]
    [Conformance(145, 6, 157)]
    public void A_fin_above_a_hole_ends_the_stream_only_when_the_hole_is_filled()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Fin(11, 1));
        script.Expect("an ACK of where we are", s => s.Acknowledgment == 1);
        Assert.False(script.Stream.IsEndOfStream);
        script.Inject(Say.Data(6, 1, Say.Bytes(5, 5)));
        Assert.False(script.Stream.IsEndOfStream);
        script.TakeAll();
        script.Inject(Say.Data(1, 1, Say.Bytes(5)));
        Assert.True(script.Stream.IsEndOfStream);
        Assert.Equal(Say.Bytes(10), script.Stream.Received);
        script.ExpectState(ConnectionState.CloseWait);
        script.Expect("an ACK of all", s => s.Acknowledgment == 12);
    }

    [Fact]
    [Conformance(6)]
    public void A_fin_without_data_ends_the_stream()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Fin(1, 1));
        Assert.True(script.Stream.IsEndOfStream);
        Assert.Empty(script.Stream.Received);
    }

    [Theory]
    [Conformance(146)]
    [InlineData(ConnectionState.FinWait1)]
    [InlineData(ConnectionState.Closing)]
    [InlineData(ConnectionState.LastAck)]
    public void An_unacknowledged_fin_is_sent_again_with_the_same_number(ConnectionState state)
    {
        ConnectionScript script = ConnectionScript.Established();
        if (state == ConnectionState.LastAck)
        {
            script.Inject(Say.Fin(1, 1));
        }

        script.Do("close", c => c.Close(script.Now));
        if (state == ConnectionState.Closing)
        {
            script.Inject(Say.Fin(1, 1));
        }

        script.ExpectState(state);
        script.TakeAll();
        for (int i = 0; i < 3; i++)
        {
            script.Advance(script.NextTimeout!.Value);
            script.Expect("the FIN again", s => s.Has(SegmentFlags.Fin) && s.Sequence == 1);
        }

        script.ExpectState(state);
    }

    [Fact]
    [Conformance(147)]
    public void Closing_with_data_queued_sends_all_of_it_and_then_the_fin()
    {
        ConnectionScript script = ConnectionScript.Established(syn: new SegmentOptions { MaxSegmentSize = 1000 });
        byte[] written = new byte[40_000];
        new Random(1).NextBytes(written);
        script.Write(written);
        script.Do("close", c => c.Close(script.Now));
        script.ExpectState(ConnectionState.FinWait1);
        byte[] arrived = new byte[written.Length];
        long acknowledged = 1;
        while (acknowledged <= written.Length)
        {
            // More than the congestion window: it goes in several flights, and only the last segment has the FIN.
            IReadOnlyList<ScriptedSegment> flight = script.TakeAll();
            Assert.NotEmpty(flight);
            foreach (ScriptedSegment segment in flight)
            {
                segment.Payload.CopyTo(arrived.AsMemory((int)segment.Sequence - 1));
                acknowledged = Math.Max(acknowledged, segment.Sequence + segment.Payload.Length);
                Assert.Equal(acknowledged == written.Length + 1, segment.Has(SegmentFlags.Fin));
            }

            script.Inject(Say.Ack(1, acknowledged));
        }

        Assert.Equal(written, arrived);
        script.Inject(Say.Ack(1, acknowledged + 1));
        script.ExpectState(ConnectionState.FinWait2);
    }

    [Fact]
    [Conformance(148)]
    public void In_last_ack_only_an_ack_of_the_fin_closes()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Fin(1, 1));
        script.Do("close", c => c.Close(script.Now));
        script.TakeAll();
        script.Inject(Say.Ack(2, 1));
        script.ExpectState(ConnectionState.LastAck);
        script.Inject(Say.Ack(2, 2));
        script.ExpectState(ConnectionState.Closed);
        script.Inject(Say.Ack(2, 2));
        script.Expect("a RST: there is no connection", s => s.Flags == SegmentFlags.Rst && s.Sequence == 2);
    }

    [Fact]
    [Conformance(149)]
    public void A_repeated_fin_is_acknowledged_again_and_ends_the_stream_once()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Fin(1, 1));
        script.TakeAll();
        for (int i = 0; i < 3; i++)
        {
            script.Inject(Say.Fin(1, 1));
            script.Expect("an ACK of the FIN", s => s.Acknowledgment == 2);
        }

        script.ExpectState(ConnectionState.CloseWait);
    }

    [Fact]
    public void What_is_left_in_TIME_WAIT_holds_nothing_of_the_application() =>
        Assert.Same(NoHandler.Instance, InTimeWait().Connection!.Handler);

    [Fact]
    [Conformance(150, 57)]
    public void A_repeated_fin_in_time_wait_is_acknowledged_and_restarts_it()
    {
        ConnectionScript script = InTimeWait();
        script.Advance(TimeSpan.FromSeconds(6));
        script.Inject(Say.Fin(1, 2));
        script.Expect("the last ACK again", s => s.Flags == SegmentFlags.Ack && s.Acknowledgment == 2);
        Assert.Equal(TwoMsl, script.NextTimeout);
    }

    [Fact]
    [Conformance(151)]
    public void Time_wait_ignores_resets_and_acknowledges_strays()
    {
        ConnectionScript script = InTimeWait();
        script.Inject(Say.Rst(2));
        script.ExpectState(ConnectionState.TimeWait);
        script.ExpectNothing();
        script.Inject(Say.Data(1, 2, Say.Bytes(1)));
        script.Expect("an ACK", s => s.Flags == SegmentFlags.Ack && s.Acknowledgment == 2);
    }

    [Fact]
    [Conformance(151)]
    public void A_newer_syn_reopens_time_wait_and_an_older_does_not()
    {
        ConnectionScript script = InTimeWait();
        script.Inject(Say.Syn(seq: -100));
        script.ExpectState(ConnectionState.TimeWait);
        Assert.DoesNotContain(script.TakeAll(), s => s.Has(SegmentFlags.Syn));
        script.Inject(Say.Syn(seq: 1000));
        script.Expect("a SYN_ACK of the new connection", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack) && s.Acknowledgment == 1001);
        Assert.Equal(2, script.Welcomed);
    }

    [Fact]
    [Conformance(152)]
    public void An_orphan_does_not_wait_in_fin_wait_2_for_ever()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("close", c => c.Close(script.Now));
        script.Inject(Say.Ack(1, 2));
        script.ExpectState(ConnectionState.FinWait2);
        script.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, script.Connections);
    }

    [Fact]
    [Conformance(153)]
    public void Closing_with_unread_data_resets()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Stream.ReadsAtOnce = false;
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        script.TakeAll();
        script.Do("close", c => c.Close(script.Now));
        script.Expect("a RST", s => s.Has(SegmentFlags.Rst) && s.Sequence == 1);
        script.ExpectNothing();
        Assert.Equal(CloseReason.Aborted, script.Stream.CloseReason);
    }

    [Fact]
    [Conformance(154)]
    public void An_abort_sends_exactly_one_reset_and_frees_everything()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Write(new byte[100]);
        script.TakeAll();
        script.Do("abort", c => c.Abort());
        script.Expect("a RST at the current number", s => s.Has(SegmentFlags.Rst) && s.Sequence == 101);
        script.Do("abort again", c => c.Abort());
        script.ExpectNothing();
        Assert.Null(script.NextTimeout);
        Assert.Equal(0, script.Connections);
    }

    [Fact]
    [Conformance(157, 61)]
    public void A_reset_is_not_an_end_of_stream()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        script.Inject(Say.Data(21, 1, Say.Bytes(10)));
        script.Inject(Say.Rst(11));
        Assert.False(script.Stream.IsEndOfStream);
        Assert.Equal(CloseReason.Reset, script.Stream.CloseReason);
        Assert.Equal(Say.Bytes(10), script.Stream.Received);
    }

    [Fact]
    [Conformance(158, 90)]
    public void Shutting_down_sending_with_an_empty_queue_sends_a_bare_fin_once()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Write([]);
        script.ExpectNothing();
        script.Do("shut down sending", c => c.ShutdownSend());
        script.Expect("a bare FIN", s => s.Has(SegmentFlags.Fin) && s.Payload.Length == 0);
        script.Do("shut down sending again", c => c.ShutdownSend());
        script.Do("close", c => c.Close(script.Now));
        script.ExpectNothing();
        script.ExpectState(ConnectionState.FinWait1);
    }

    [Fact]
    [Conformance(158, 159)]
    public void After_shutting_down_reading_data_is_acknowledged_and_discarded_and_writing_works()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("shut down reading", c => c.ShutdownReceive());
        script.Inject(Say.Data(1, 1, Say.Bytes(10)));
        script.Expect("an ACK", s => s.Acknowledgment == 11);
        Assert.Empty(script.Stream.Received);
        script.Write(Say.Bytes(5));
        script.Expect("our data", s => s.Payload.Length == 5);
        script.ExpectState(ConnectionState.Established);
    }

    [Fact]
    [Conformance(158, 159)]
    public void After_a_full_close_arriving_data_is_reset()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("close", c => c.Close(script.Now));
        script.TakeAll();
        script.Inject(Say.Data(1, 2, Say.Bytes(10)));
        script.Expect("a RST", s => s.Has(SegmentFlags.Rst) && s.Sequence == 2);
        Assert.Equal(0, script.Connections);
    }

    private static ConnectionScript InTimeWait()
    {
        ConnectionScript script = ConnectionScript.Established();
        script.Do("close", c => c.Close(script.Now));
        script.Inject(Say.Fin(1, 2));
        script.TakeAll();
        script.ExpectState(ConnectionState.TimeWait);
        return script;
    }
}
