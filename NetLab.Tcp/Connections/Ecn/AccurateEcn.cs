using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Connections.Ecn;

/// <summary>
/// More accurate ECN feedback (RFC 9768): three header bits, in a SYN and its answer, tell what the other's IP header said on
/// arrival, and afterwards how many marked segments have arrived, modulo 8.
/// </summary>
/// <remarks>
/// The AccECN option, which tells bytes, is not sent. The older feedback of RFC 3168 is not spoken: a peer that knows only it
/// gets no ECN. SYNs are sent ECT(0) (draft-ietf-tcpm-generalized-ecn), so that a path that clears the field is found before
/// anything depends on it.
/// </remarks>
/// <param name="mode">What is wanted.</param>
internal sealed class AccurateEcn(EcnMode mode)
{
    // RFC 9768, 3.2: the counters start at 5, which no handshake can be mistaken for.
    private const int InitialCount = 5;

    private const SegmentFlags Bits = SegmentFlags.Ae | SegmentFlags.Cwr | SegmentFlags.Ece;

    private int _received = InitialCount;
    private int _reported = InitialCount;
    private EcnCodepoint _handshakeArrivedAs;
    private bool _isPathClear = true;

    /// <summary>Whether both sides speak it.</summary>
    public bool IsNegotiated { get; private set; }

    /// <summary>Whether what we send may be marked: agreed on, and the path does not clear the mark.</summary>
    public bool MaySend => IsNegotiated && _isPathClear;

    /// <summary>What the IP header of our SYN says; not of one that is sent again, which an old router may have dropped for it.</summary>
    public EcnCodepoint OfSyn(bool isAgain, bool isAnswer) =>
        !isAgain && (isAnswer ? IsNegotiated : mode == EcnMode.Request) ? EcnCodepoint.Ect0 : EcnCodepoint.NotEct;

    /// <summary>The bits of our SYN (RFC 9768, 3.1.1): all three, or none in one that is sent again (3.1.4.1).</summary>
    public SegmentFlags BitsOfSyn(bool isAgain) => mode == EcnMode.Request && !isAgain ? Bits : SegmentFlags.None;

    /// <summary>The bits of our SYN_ACK (table 2): what the SYN arrived as.</summary>
    public SegmentFlags BitsOfAnswer() => IsNegotiated ? BitsFor(CodeOf(_handshakeArrivedAs)) : SegmentFlags.None;

    /// <summary>The peer's SYN arrived.</summary>
    public void OnSyn(SegmentFlags flags, EcnCodepoint arrivedAs)
    {
        // All three bits: RFC 9768. Two of them would be RFC 3168, which is not spoken here.
        IsNegotiated = mode != EcnMode.Off && (flags & Bits) == Bits;
        _handshakeArrivedAs = arrivedAs;
    }

    /// <summary>The peer's SYN_ACK arrived.</summary>
    /// <param name="flags">Its bits: what our SYN arrived as.</param>
    /// <param name="arrivedAs">What its own IP header said.</param>
    /// <param name="synAgain">Whether our SYN was sent more than once, so that nobody knows which of them is meant.</param>
    public void OnAnswer(SegmentFlags flags, EcnCodepoint arrivedAs, bool synAgain)
    {
        int code = CodeFrom(flags);
        IsNegotiated = mode == EcnMode.Request && TryReadCode(code, out _);
        _handshakeArrivedAs = arrivedAs;
        _isPathClear = synAgain || !IsCleared(code);
        _received += arrivedAs == EcnCodepoint.Ce ? 1 : 0;
    }

    /// <summary>The bits of anything after the handshake; of the first segment, which ends it, what the SYN_ACK arrived as (table 3).</summary>
    public SegmentFlags BitsNow(bool endsHandshake) =>
        !IsNegotiated ? SegmentFlags.None : BitsFor(endsHandshake ? CodeOf(_handshakeArrivedAs) : _received & 7);

    /// <summary>A segment after the handshake arrived.</summary>
    /// <returns>Whether the peer should hear of it at once.</returns>
    public bool OnReceived(EcnCodepoint arrivedAs)
    {
        bool marked = IsNegotiated && arrivedAs == EcnCodepoint.Ce;
        _received += marked ? 1 : 0;
        return marked;
    }

    /// <summary>The segment that ends a passive handshake arrived: its bits tell what our SYN_ACK arrived as (table 4).</summary>
    /// <param name="flags">Its bits.</param>
    /// <param name="answerAgain">Whether our SYN_ACK was sent more than once.</param>
    public void OnHandshakeEnd(SegmentFlags flags, bool answerAgain)
    {
        int code = CodeFrom(flags);
        if (!IsNegotiated)
        {
            return;
        }

        _isPathClear = answerAgain || !IsCleared(code);
        if (TryReadCode(code, out EcnCodepoint arrivedAs) && arrivedAs == EcnCodepoint.Ce)
        {
            // The peer's own count goes on from there.
            _reported++;
        }
    }

    /// <summary>Takes the count out of a segment that acknowledges something new.</summary>
    /// <returns>How many of ours arrived marked since the last; less by eights if so many acknowledgments were lost.</returns>
    public int TakeReport(SegmentFlags flags)
    {
        if (!IsNegotiated)
        {
            return 0;
        }

        int marks = (CodeFrom(flags) - _reported) & 7;
        _reported += marks;
        return marks;
    }

    private static bool IsCleared(int code) => TryReadCode(code, out EcnCodepoint arrivedAs) && arrivedAs == EcnCodepoint.NotEct;

    private static int CodeOf(EcnCodepoint arrivedAs) => arrivedAs switch
    {
        EcnCodepoint.NotEct => 0b010,
        EcnCodepoint.Ect1 => 0b011,
        EcnCodepoint.Ect0 => 0b100,
        _ => 0b110,
    };

    private static bool TryReadCode(int code, out EcnCodepoint arrivedAs)
    {
        (bool known, arrivedAs) = code switch
        {
            0b010 => (true, EcnCodepoint.NotEct),
            0b011 => (true, EcnCodepoint.Ect1),
            0b100 => (true, EcnCodepoint.Ect0),
            0b110 => (true, EcnCodepoint.Ce),
            _ => (false, EcnCodepoint.NotEct),
        };
        return known;
    }

    private static SegmentFlags BitsFor(int code) =>
        ((code & 4) != 0 ? SegmentFlags.Ae : 0) | ((code & 2) != 0 ? SegmentFlags.Cwr : 0) | ((code & 1) != 0 ? SegmentFlags.Ece : 0);

    private static int CodeFrom(SegmentFlags flags) =>
        ((flags & SegmentFlags.Ae) != 0 ? 4 : 0) | ((flags & SegmentFlags.Cwr) != 0 ? 2 : 0) | ((flags & SegmentFlags.Ece) != 0 ? 1 : 0);
}
