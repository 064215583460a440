using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Connections.Ecn;

/// <summary>
/// What the receiver of data tells its sender of marks: r.cep, r.ceb, r.e0b and r.e1b of RFC 9768, 3.2, or the echo of RFC 3168,
/// 6.1.3.
/// </summary>
/// <param name="sendsOption">Whether bytes are told in an option.</param>
internal sealed class EcnDataReceiver(bool sendsOption)
{
    // RFC 9768, 3.2.1: what middleboxes clear is told from what begins.
    private const int InitialMarks = 5;
    private const uint InitialBytes = 1;

    // 3.2.2.5.1: so many marked segments since the last acknowledgment are acknowledged though they hold no data.
    private const int MarksToAcknowledge = 3;

    private uint _marks = InitialMarks;
    private uint _ect0 = InitialBytes;
    private uint _ce;
    private uint _ect1 = InitialBytes;
    private bool _handshakeCounted;
    private int _marksSinceAcknowledgment;
    private bool _echoes;

    // What has changed at some time, and what has since the option was last sent.
    private Counters _everChanged;
    private Counters _newlyChanged;

    /// <summary>What was agreed on.</summary>
    public EcnFeedback Feedback { get; private set; }

    /// <summary>Whether a byte counter has changed that no option has told of.</summary>
    public bool HasNews => sendsOption && _newlyChanged != 0;

    /// <summary>ACE, or ECE, as the next segment without SYN says it.</summary>
    public SegmentFlags Flags => Feedback switch
    {
        EcnFeedback.Accurate => AceField.FlagsOf((int)(_marks & 7)),
        EcnFeedback.Classic => _echoes ? SegmentFlags.Ece : SegmentFlags.None,
        _ => SegmentFlags.None,
    };

    [Flags]
    private enum Counters
    {
        Ect0 = 1,
        Ce = 2,
        Ect1 = 4,
    }

    /// <summary>The handshake agreed on a feedback.</summary>
    public void Begin(EcnFeedback feedback) => Feedback = feedback;

    /// <summary>A SYN_ACK arrived: a mark on it counts, but of however many copies only once (3.2.2.2).</summary>
    public void OnSynAck(EcnCodepoint arrivedAs)
    {
        if (arrivedAs == EcnCodepoint.Ce && !_handshakeCounted && Feedback == EcnFeedback.Accurate)
        {
            _handshakeCounted = true;
            _marks++;
        }
    }

    /// <summary>An acceptable segment without SYN arrived.</summary>
    /// <param name="flags">Its flags.</param>
    /// <param name="arrivedAs">The ECN field of its IP header.</param>
    /// <param name="length">Bytes of payload.</param>
    /// <returns>Whether its sender should be told at once.</returns>
    public bool OnReceived(SegmentFlags flags, EcnCodepoint arrivedAs, int length)
    {
        bool marked = arrivedAs == EcnCodepoint.Ce;
        switch (Feedback)
        {
            case EcnFeedback.Accurate:
                bool notify = marked && (length > 0 || ++_marksSinceAcknowledgment >= MarksToAcknowledge);
                _marks += marked ? 1u : 0;
                CountBytes(arrivedAs, length);
                return notify;
            case EcnFeedback.Classic when length > 0:
                // RFC 3168, 6.1.3: CWR ends the echo of what was before; a mark on the same segment is another one.
                bool wasEchoing = _echoes && (flags & SegmentFlags.Cwr) == 0;
                _echoes = wasEchoing || marked;
                return marked && !wasEchoing;
            default:
                return false;
        }
    }

    /// <summary>The same of more bytes, in segments that arrived unmarked.</summary>
    public void OnReceivedMore(EcnCodepoint arrivedAs, int length)
    {
        if (Feedback == EcnFeedback.Accurate)
        {
            CountBytes(arrivedAs, length);
        }
    }

    /// <summary>The option for an acknowledgment.</summary>
    /// <param name="room">Bytes of options that are free, padding counted.</param>
    /// <param name="isHandshake">Whether it goes with the handshake, where it tests whether the path lets it through (3.2.3.2.1).</param>
    /// <returns>Null where there is nothing to tell or no room for what has changed.</returns>
    public AccurateEcnCounters? OptionFor(int room, bool isHandshake)
    {
        if (Feedback != EcnFeedback.Accurate || !sendsOption || (!isHandshake && _newlyChanged == 0))
        {
            return null;
        }

        // 3.2.3.3: a field for every counter that ever changed; with less room, for what has changed since the last option.
        return Fit(isHandshake ? Counters.Ect0 | Counters.Ce | Counters.Ect1 : _everChanged, room)
            ?? Fit(_newlyChanged, room);
    }

    /// <summary>A segment with an acknowledgment leaves.</summary>
    /// <param name="option">The option on it.</param>
    public void OnSent(AccurateEcnCounters? option)
    {
        _marksSinceAcknowledgment = 0;
        if (option is { } sent)
        {
            _newlyChanged &= ~((sent.HasEct0 ? Counters.Ect0 : 0) | (sent.HasCe ? Counters.Ce : 0) | (sent.HasEct1 ? Counters.Ect1 : 0));
        }
    }

    private void CountBytes(EcnCodepoint arrivedAs, int length)
    {
        if (length == 0 || arrivedAs == EcnCodepoint.NotEct)
        {
            return;
        }

        Counters changed;
        switch (arrivedAs)
        {
            case EcnCodepoint.Ect0:
                (_ect0, changed) = ((_ect0 + (uint)length) % AccurateEcnCounters.Modulus, Counters.Ect0);
                break;
            case EcnCodepoint.Ect1:
                (_ect1, changed) = ((_ect1 + (uint)length) % AccurateEcnCounters.Modulus, Counters.Ect1);
                break;
            default:
                (_ce, changed) = ((_ce + (uint)length) % AccurateEcnCounters.Modulus, Counters.Ce);
                break;
        }

        _everChanged |= changed;
        _newlyChanged |= changed;
    }

    // The shortest option with these counters, in the order in which they come first.
    private AccurateEcnCounters? Fit(Counters needed, int room)
    {
        bool ect1First = (needed & Counters.Ect1) != 0 && (needed & Counters.Ect0) == 0;
        Counters last = ect1First ? Counters.Ect0 : Counters.Ect1;
        int fields = (needed & last) != 0 ? 3 : (needed & Counters.Ce) != 0 ? 2 : needed != 0 ? 1 : 0;
        var option = new AccurateEcnCounters(_ect0, _ce, _ect1, fields, ect1First);
        option = option with { Ect0 = option.HasEct0 ? _ect0 : 0, Ce = option.HasCe ? _ce : 0, Ect1 = option.HasEct1 ? _ect1 : 0 };
        return SegmentWriter.PaddedLengthOf(option) <= room ? option : null;
    }
}
