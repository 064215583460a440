using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>SYN-RECEIVED (RFC 9293, 3.10.7.4): a handshake that one side has answered.</summary>
public sealed class SynReceivedTests
{
    [Fact]
    [Conformance(29)]
    public void A_syn_ack_in_passive_syn_received_is_answered_by_an_ack_and_changes_nothing()
    {
        // RFC 9293, 3.10.7.4, first: its number lies before the window.
        ConnectionScript script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.TakeAll();
        script.Inject(Say.SynAck(1));
        script.Expect("an ACK", s => s.Flags == SegmentFlags.Ack && s is { Sequence: 1, Acknowledgment: 1 });
        script.ExpectNothing();
        script.ExpectState(ConnectionState.SynReceived);
        script.Inject(Say.Ack(1, 1));
        script.ExpectState(ConnectionState.Established);
    }

    [Theory]
    [Conformance(26)]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(1000)]
    public void In_syn_received_an_ack_of_something_else_is_reset_and_nobody_is_accepted(long ack)
    {
        var script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.TakeAll();
        script.Inject(Say.Ack(1, ack));
        script.Expect("a RST with that number", s => s.Flags == SegmentFlags.Rst && s.Sequence == ack);
        script.ExpectState(ConnectionState.SynReceived);
        Assert.False(script.Stream.IsEstablished);
    }

    [Fact]
    [Conformance(27)]
    public void In_syn_received_a_reset_returns_to_listen()
    {
        var script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.TakeAll();
        script.Inject(Say.Rst(1));
        script.ExpectNothing();
        Assert.False(script.Stream.IsEstablished);
        Assert.Equal(0, script.Connections);
        script.Inject(Say.Syn());
        script.Expect("a new SYN_ACK", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack));
        Assert.Equal(2, script.Welcomed);
    }

    [Fact]
    [Conformance(28)]
    public void In_syn_received_a_fin_leads_to_close_wait()
    {
        var script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.TakeAll();
        script.Inject(Say.Fin(1, 1));
        script.ExpectState(ConnectionState.CloseWait);
        script.Expect("an ACK of the FIN", s => s.Acknowledgment == 2);
        Assert.True(script.Stream.IsEndOfStream);
    }

    [Fact]
    [Conformance(28)]
    public void Closed_in_syn_received_it_goes_to_fin_wait_1_with_the_handshake()
    {
        var script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.TakeAll();
        script.Do("close", c => c.Close(script.Now));
        script.Inject(Say.Ack(1, 1));
        script.ExpectState(ConnectionState.FinWait1);
        script.Expect("our FIN", s => s.Has(SegmentFlags.Fin) && s.Sequence == 1);
    }

    [Fact]
    [Conformance(29)]
    public void In_syn_received_a_number_outside_the_window_is_answered_by_an_ack()
    {
        var script = ConnectionScript.Listening();
        script.Inject(Say.Syn());
        script.TakeAll();
        script.Inject(Say.Ack(1_000_000, 1));
        script.Expect("an ACK of where we are", s => s.Flags == SegmentFlags.Ack && s.Sequence == 1 && s.Acknowledgment == 1);
        script.ExpectState(ConnectionState.SynReceived);
    }
}
