using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Connections.Ecn;

/// <summary>
/// What the handshake says of ECN (RFC 9768, 3.1): which feedback the ends agree on, what the flags of SYN and SYN_ACK are, and
/// whether the path can be trusted with ECT.
/// </summary>
/// <remarks>
/// SYN and SYN_ACK leave Not-ECT (RFC 3168, 6.1.1); only experiments do otherwise (RFC 8311, 4.3). A peer that reports another
/// field on them has found a path that changes it.
/// </remarks>
/// <param name="mode">What is wanted.</param>
internal sealed class EcnNegotiation(EcnMode mode)
{
    // RFC 9768, 3.1.4.1 and 3.2.3.2.2: after the second timeout a SYN or SYN_ACK goes without ECN.
    private const int TimeoutsBeforeFallback = 2;

    private EcnCodepoint _peerArrivedAs;
    private bool _peerSynSeen;
    private bool _isTrusted = true;

    /// <summary>What was agreed on.</summary>
    public EcnFeedback Feedback { get; private set; }

    /// <summary>Whether ECT may be set on what is sent: agreed on, and nothing in the handshake speaks against it.</summary>
    public bool MaySendEct => Feedback != EcnFeedback.None && _isTrusted;

    /// <summary>Whether the peer says that our SYN or SYN_ACK arrived marked: congestion control answers for it (3.2.2.2).</summary>
    public bool HandshakeWasMarked { get; private set; }

    /// <summary>Whether the next bare ACK tells what the SYN_ACK arrived as (3.2.2.1); no data goes before it.</summary>
    public bool HandshakeReportDue { get; set; }

    /// <summary>The handshake encoding of what the latest SYN or SYN_ACK of the peer arrived as (3.1.5).</summary>
    public SegmentFlags HandshakeFlags => AceField.FlagsOf(AceField.HandshakeCodeOf(_peerArrivedAs));

    /// <summary>The flags of our SYN.</summary>
    /// <param name="timeouts">How often the wait for an answer has ended without one.</param>
    public SegmentFlags FlagsOfSyn(int timeouts) => timeouts >= TimeoutsBeforeFallback ? SegmentFlags.None : mode switch
    {
        EcnMode.Request => AceField.Mask,
        EcnMode.RequestClassic => SegmentFlags.Cwr | SegmentFlags.Ece,
        _ => SegmentFlags.None,
    };

    /// <summary>The flags of our SYN_ACK: table 2, or RFC 3168's ECE.</summary>
    /// <param name="timeouts">How often the wait for an answer has ended without one.</param>
    public SegmentFlags FlagsOfSynAck(int timeouts)
    {
        if (Feedback == EcnFeedback.None)
        {
            return SegmentFlags.None;
        }

        if (timeouts >= TimeoutsBeforeFallback)
        {
            // 3.1.5: a server that has sent a SYN_ACK without ECN cannot know which one the peer goes by.
            _isTrusted = false;
            return SegmentFlags.None;
        }

        return Feedback == EcnFeedback.Classic ? SegmentFlags.Ece : HandshakeFlags;
    }

    /// <summary>The peer's SYN arrived, the first or another copy.</summary>
    /// <param name="flags">Its flags.</param>
    /// <param name="arrivedAs">The ECN field of its IP header.</param>
    /// <returns>False for one that contradicts an earlier one: the connection is to be reset (3.1.5).</returns>
    public bool OnSyn(SegmentFlags flags, EcnCodepoint arrivedAs)
    {
        int asked = AceField.ValueOf(flags);
        if (!_peerSynSeen)
        {
            (_peerSynSeen, _peerArrivedAs) = (true, arrivedAs);
            Feedback = mode == EcnMode.Off ? EcnFeedback.None : asked switch
            {
                0b000 => EcnFeedback.None,
                0b011 => EcnFeedback.Classic,

                // 3.1.3: any other combination is taken for a request of AccECN.
                _ => EcnFeedback.Accurate,
            };
            return true;
        }

        _peerArrivedAs = arrivedAs;
        _isTrusted &= asked != 0;
        return Feedback == EcnFeedback.None || asked == 0 || (asked == 0b011) == (Feedback == EcnFeedback.Classic);
    }

    /// <summary>The peer's SYN_ACK arrived, the first that counts: it decides on the feedback.</summary>
    /// <param name="flags">Its flags: what our SYN arrived as.</param>
    /// <param name="arrivedAs">The ECN field of its IP header.</param>
    public void OnSynAck(SegmentFlags flags, EcnCodepoint arrivedAs)
    {
        int answer = AceField.ValueOf(flags);
        _peerArrivedAs = arrivedAs;
        Feedback = (mode, answer) switch
        {
            (EcnMode.Request or EcnMode.RequestClassic, 0b001) => EcnFeedback.Classic,

            // A peer that throws back what it gets understands nothing of it (3.1.2, fourth block).
            (EcnMode.Request, not (0b000 or 0b111)) => EcnFeedback.Accurate,
            _ => EcnFeedback.None,
        };
        if (Feedback == EcnFeedback.Accurate)
        {
            // 3.1.3: 101 is read as if the SYN had arrived unchanged.
            OnReport(answer == 0b101 ? 0b010 : answer);
        }
    }

    /// <summary>The peer's SYN_ACK came once more: its ACK tells what this copy arrived as (3.2.2.1).</summary>
    public void OnSynAckAgain(EcnCodepoint arrivedAs) => _peerArrivedAs = arrivedAs;

    /// <summary>The pure ACK that ends a passive handshake arrived: its flags tell what our SYN_ACK arrived as (table 4).</summary>
    public void OnHandshakeEnd(SegmentFlags flags)
    {
        if (Feedback == EcnFeedback.Accurate)
        {
            OnReport(AceField.ValueOf(flags));
        }
    }

    /// <summary>Something after the handshake showed that the path or the peer cannot be trusted with ECT.</summary>
    public void Distrust() => _isTrusted = false;

    private void OnReport(int code)
    {
        bool isKnown = AceField.TryReadHandshakeCode(code, out EcnCodepoint reported);
        HandshakeWasMarked = isKnown && reported == EcnCodepoint.Ce;

        // 3.2.2.3: what left as Not-ECT has to arrive so; and zero says that somebody on the way or at the end knows nothing of ACE.
        _isTrusted &= code != 0 && (!isKnown || reported == EcnCodepoint.NotEct);
    }
}
