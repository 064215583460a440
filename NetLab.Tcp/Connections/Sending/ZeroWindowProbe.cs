using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Options;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <summary>
/// Asks a peer without a window whether it has one now, with one byte of what waits: first after an RTO, then at growing intervals
/// (RFC 9293, 3.8.6.1).
/// </summary>
/// <param name="options">The longest interval, and whether probes are left out on purpose.</param>
/// <param name="stream">What waits, and the window.</param>
/// <param name="sent">What was sent before.</param>
/// <param name="roundTrip">Measurements of the path.</param>
/// <param name="timer">Runs until the next probe.</param>
internal sealed class ZeroWindowProbe(ConnectionOptions options, SendStream stream, SentSegments sent, RoundTripEstimator roundTrip, LossTimer timer)
{
    // Probes since the window was last open or anything was acknowledged.
    private int _count;

    /// <summary>Whether the time of a probe has come and it has not been sent.</summary>
    public bool IsDue { get; private set; }

    /// <summary>The peer has room again: what waited goes at once, and the next closing starts the back-off anew.</summary>
    public void OnWindowOpened()
    {
        (IsDue, _count) = (false, 0);
        timer.CancelWindowProbe();
    }

    /// <summary>Something was acknowledged: the intervals begin anew.</summary>
    public void OnAdvanced() => _count = 0;

    /// <summary>Nothing can be sent for want of a window: waits for the time of the next probe.</summary>
    public void Await(Instant now)
    {
        if ((options.Without & Ablations.PersistTimer) != 0)
        {
            timer.Stop();
            return;
        }

        timer.StartWindowProbe(now + RoundTripEstimator.BackedOff(roundTrip.BaseTimeout, _count, options.MaxRetransmissionTimeout));
    }

    /// <summary>The time has come.</summary>
    public void OnTimer()
    {
        IsDue = true;
        _count++;
    }

    /// <summary>Chooses the probe; none is due any more if there is nothing to ask for, or if the segment has to be cut from what was sent.</summary>
    /// <param name="payloadLimit">Bytes of payload of a full segment.</param>
    /// <param name="next">The probe.</param>
    public bool TryChoose(int payloadLimit, out NextSegment next)
    {
        // One byte at SND.UNA: of what was sent before, or else the first byte of what waits.
        next = default;
        bool isSent = sent.Count > 0;
        long start = isSent ? stream.Unacknowledged : stream.Next;
        bool isFin = start >= stream.Buffer.End;
        if ((!isSent && !stream.HasUnsent) || (isFin && !stream.FinQueued) || (isSent && stream.Window > 0))
        {
            IsDue = false;
            return false;
        }

        if (stream.Window > 0)
        {
            // A window too small to be worth a segment (RFC 9293, 3.8.6.2.1): after this long it is used as it is.
            IsDue = false;
            int length = (int)Math.Min(Math.Min(stream.Buffer.End - start, payloadLimit), stream.WindowEdge - start);
            next = new NextSegment(start, length, -1) { IsFin = isFin };
            return true;
        }

        next = new NextSegment(start, isFin ? 0 : 1, isSent ? 0 : -1) { IsFin = isFin, IsWindowProbe = true };
        return true;
    }

    /// <summary>The probe was sent.</summary>
    public void OnSent() => IsDue = false;

    /// <summary>Nothing will be sent any more.</summary>
    public void Release() => IsDue = false;
}
