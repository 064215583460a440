using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Connections.Sending;

/// <summary>
/// The stream that is sent, from SYN to FIN, and how far it has come: SND.UNA, SND.NXT and SND.WND (RFC 9293, 3.3.1) as stream offsets. The
/// SYN is at 0, the first byte at 1.
/// </summary>
/// <param name="initial">ISS.</param>
internal sealed class SendStream(SequenceNumber initial)
{
    /// <summary>ISS.</summary>
    public SequenceNumber Initial => initial;

    /// <summary>The bytes written and not acknowledged.</summary>
    public SendBuffer Buffer { get; } = new();

    /// <summary>SND.UNA as a stream offset.</summary>
    public long Unacknowledged { get; private set; }

    /// <summary>SND.NXT as a stream offset.</summary>
    public long Next { get; private set; }

    /// <summary>SND.WND in bytes.</summary>
    public long Window { get; private set; }

    /// <summary>The largest window the peer has offered.</summary>
    public long MaxWindow { get; private set; }

    /// <summary>How far the peer's window fields are shifted; 0 unless both sides offered scaling.</summary>
    public int WindowShift { get; set; }

    /// <summary>Whether our SYN waits to be sent for the first time.</summary>
    public bool SynQueued { get; private set; }

    /// <summary>Whether our SYN has to go again though it was not lost: as the answer to the peer's.</summary>
    public bool SynAnswerDue { get; set; }

    /// <summary>Whether a FIN follows the data.</summary>
    public bool FinQueued { get; private set; }

    /// <summary>Whether our FIN has been sent at least once.</summary>
    public bool FinSent { get; private set; }

    /// <summary>Whether the peer has acknowledged our SYN.</summary>
    public bool SynAcknowledged => Unacknowledged > 0;

    /// <summary>Whether the peer has acknowledged everything, our FIN included.</summary>
    public bool FinAcknowledged => FinSent && Unacknowledged == Next;

    /// <summary>Whether nothing but the acknowledgment of our FIN is missing.</summary>
    public bool OnlyFinUnacknowledged => FinSent && Unacknowledged >= Next - 1;

    /// <summary>Sequence numbers that are sent and not acknowledged.</summary>
    public long Outstanding => Next - Unacknowledged;

    /// <summary>The first number that the peer has no room for. The window of one that has not spoken yet is not known; a SYN needs none.</summary>
    public long WindowEdge => SynAcknowledged ? Unacknowledged + Window : 1;

    /// <summary>
    /// The number a segment without text goes under: SND.NXT, but never beyond the peer's window, or a peer whose window a
    /// probe overshot by a byte would take no acknowledgment from us any more. One that took the byte sees an old number, and
    /// takes the acknowledgment all the same.
    /// </summary>
    public long AcceptableNext => SynAcknowledged ? Math.Min(Next, Unacknowledged + Window) : Next;

    /// <summary>Bytes written and never sent.</summary>
    public long Unsent => Math.Max(0, Buffer.End - Math.Max(Next, 1));

    /// <summary>Whether there is data or a FIN that has never been sent.</summary>
    public bool HasUnsent => Unsent > 0 || (FinQueued && !FinSent);

    /// <summary>The wire's number of a stream offset.</summary>
    public SequenceNumber Wrap(long offset) => SequenceNumber.Wrap(offset, initial);

    /// <summary>The stream offset of an acknowledgment.</summary>
    public long Unwrap(SequenceNumber number) => number.Unwrap(initial, Unacknowledged);

    /// <summary>Our SYN, or SYN_ACK, is to be sent.</summary>
    public void QueueSyn() => SynQueued = true;

    /// <summary>No more data will be written: a FIN goes behind what there is.</summary>
    public void QueueFin() => FinQueued = true;

    /// <summary>The stream has been sent up to a number.</summary>
    /// <param name="next">SND.NXT from now on.</param>
    /// <param name="isFin">Whether the number before it is our FIN.</param>
    public void AdvanceNext(long next, bool isFin)
    {
        Next = next;
        SynQueued = false;
        FinSent |= isFin;
    }

    /// <summary>The peer has acknowledged up to a number, which is no further than SND.NXT.</summary>
    public void AdvanceUnacknowledged(long acknowledged) => Unacknowledged = acknowledged;

    /// <summary>Takes the window of an acceptable segment (RFC 9293, 3.10.7.4: SND.WL1 and SND.WL2 are the caller's).</summary>
    /// <returns>Whether the peer had no room, and has some now.</returns>
    public bool UpdateWindow(long window)
    {
        bool opens = Window == 0 && window > 0;
        Window = window;
        MaxWindow = Math.Max(MaxWindow, window);
        return opens;
    }

    /// <summary>Nothing will be sent any more.</summary>
    public void Release()
    {
        Buffer.Clear();
        (SynQueued, SynAnswerDue, FinQueued) = (false, false, false);
    }
}
