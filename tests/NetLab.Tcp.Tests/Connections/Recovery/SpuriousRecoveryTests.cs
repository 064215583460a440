using NetLab.Tcp.Connections.Recovery;

namespace NetLab.Tcp.Tests.Connections.Recovery;

/// <summary>A recovery is found to have been for nothing by proof of it, once, and by nothing else (RFC 3522, RFC 3708).</summary>
public sealed class SpuriousRecoveryTests
{
    private readonly SpuriousRecovery _undo = new();

    [Fact]
    public void The_echo_of_a_timestamp_from_before_the_first_retransmission_is_a_proof_and_a_later_one_is_none()
    {
        Begin(timestamp: 500);
        Assert.True(_undo.OnAcknowledged(1, 3_001, echo: 499, isOfResent: false));
        Begin(timestamp: 500);
        Assert.False(_undo.OnAcknowledged(1, 3_001, echo: 500, isOfResent: false));

        // What acknowledges the retransmission has said what it was: an old echo behind it says nothing of it any more.
        Assert.False(_undo.OnAcknowledged(3_001, 5_001, echo: 400, isOfResent: false));
    }

    [Fact]
    public void Timestamps_are_compared_around_their_end()
    {
        Begin(timestamp: 3);
        Assert.True(_undo.OnAcknowledged(1, 1_001, echo: uint.MaxValue, isOfResent: false));
    }

    /// <summary>Behind another hole the echo is of what filled that.</summary>
    [Fact]
    public void An_acknowledgment_that_began_before_the_retransmission_proves_nothing()
    {
        _undo.Begin();
        _undo.OnResent(2_001, 3_001, 500);
        Assert.False(_undo.OnAcknowledged(1, 3_001, echo: 499, isOfResent: false));
    }

    [Fact]
    public void Every_retransmission_has_to_be_reported_and_each_report_counts_once()
    {
        Begin(timestamp: null);
        _undo.OnResent(3_001, 4_001, null);
        Assert.True(_undo.IsOfResent(1, 1_001));
        Assert.False(_undo.OnAcknowledged(5_001, 5_001, null, isOfResent: true));
        Assert.False(_undo.IsOfResent(1, 1_001));
        Assert.False(_undo.OnAcknowledged(5_001, 5_001, null, isOfResent: false));
        Assert.False(_undo.IsOfResent(2_001, 3_001));
        Assert.True(_undo.IsOfResent(3_001, 4_001));
        Assert.True(_undo.OnAcknowledged(5_001, 5_001, null, isOfResent: true));
    }

    [Fact]
    public void A_recovery_is_undone_once_and_one_that_sent_nothing_again_never()
    {
        Begin(timestamp: 500);
        Assert.True(_undo.OnAcknowledged(1, 1_001, echo: 499, isOfResent: false));
        Assert.False(_undo.OnAcknowledged(1, 1_001, echo: 499, isOfResent: true));
        _undo.Begin();
        Assert.False(_undo.OnAcknowledged(1, 1_001, echo: 1, isOfResent: true));
    }

    [Fact]
    public void What_an_earlier_recovery_sent_again_does_not_undo_this_one()
    {
        Begin(timestamp: null);
        _undo.Begin();
        _undo.OnResent(5_001, 6_001, null);

        // It is a report of a retransmission, though of the other recovery.
        Assert.True(_undo.IsOfResent(1, 1_001));
        Assert.False(_undo.OnAcknowledged(7_001, 7_001, null, isOfResent: true));
        Assert.True(_undo.IsOfResent(5_001, 6_001));
        Assert.True(_undo.OnAcknowledged(7_001, 7_001, null, isOfResent: true));
    }

    [Fact]
    public void What_is_given_back_is_forgotten()
    {
        Begin(timestamp: 500);
        _undo.Trim();
        Assert.False(_undo.IsOfResent(1, 1_001));
        Assert.False(_undo.OnAcknowledged(1, 1_001, echo: 499, isOfResent: true));
    }

    private void Begin(uint? timestamp)
    {
        _undo.Begin();
        _undo.OnResent(1, 1_001, timestamp);
    }
}
