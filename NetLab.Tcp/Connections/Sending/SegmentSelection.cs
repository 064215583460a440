using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <summary>
/// What is sent next: the order of precedence, and what flow control, congestion control and Nagle's algorithm allow. Chooses and changes
/// nothing of what was sent; <see cref="Sender.Commit"/> does, when the segment leaves.
/// </summary>
/// <param name="options">The size of the send buffer, and whether small segments wait.</param>
/// <param name="timers">The connection's timers: the pacer's is set here.</param>
/// <param name="stream">What there is to send.</param>
/// <param name="sent">What was sent.</param>
/// <param name="recovery">What may be in the network.</param>
/// <param name="congestion">What may be sent, and how fast.</param>
/// <param name="mtu">How large segments are.</param>
/// <param name="windowProbe">The probe of a closed window.</param>
/// <param name="roundTrip">Measurements of the path.</param>
internal sealed class SegmentSelection(
    ConnectionOptions options,
    TimerTable timers,
    SendStream stream,
    SentSegments sent,
    LossRecovery recovery,
    CongestionLimit congestion,
    PathMtu mtu,
    ZeroWindowProbe windowProbe,
    RoundTripEstimator roundTrip)
{
    private Nagle _nagle = new(options.Nagle);

    /// <summary>Whether small segments wait for an acknowledgment.</summary>
    public bool Nagle
    {
        get => _nagle.IsOn;
        set => _nagle.IsOn = value;
    }

    /// <summary>What keeps us from sending more, now that nothing can be sent.</summary>
    public SendLimit Limit
    {
        get
        {
            if (!stream.SynAcknowledged || (stream.FinSent && sent.LostCount == 0))
            {
                return SendLimit.None;
            }

            if (timers.IsSet(ConnectionTimer.Pacing))
            {
                return SendLimit.Pacing;
            }

            if (sent.LostCount > 0)
            {
                return stream.WindowEdge <= sent[sent.FirstLost()].Start ? SendLimit.ReceiveWindow : SendLimit.CongestionWindow;
            }

            if (stream.Unsent > 0)
            {
                // Less than a segment that Nagle holds back is the application's doing.
                return stream.WindowEdge - stream.Next < Math.Min(stream.Unsent, mtu.PayloadLimit) ? SendLimit.ReceiveWindow
                    : congestion.HeldBack ? SendLimit.CongestionWindow
                    : SendLimit.Application;
            }

            // A pipe lets its writer go on when it is half empty: until then the buffer, not the writer, is what there is no more of.
            return stream.Buffer.End - stream.Unacknowledged > options.SendBufferSize / 2 ? SendLimit.SendBuffer : SendLimit.Application;
        }
    }

    /// <summary>Chooses what is sent next, if anything may be sent.</summary>
    public bool TryChoose(Instant now, out NextSegment next)
    {
        if (sent.Count == 0 && stream.SynAcknowledged && stream.HasUnsent)
        {
            congestion.OnStart(now, roundTrip.Timeout);
        }

        if (TryChooseSyn(out next))
        {
            return true;
        }

        if (!stream.SynAcknowledged)
        {
            return TryChooseLost(now, out next);
        }

        if (windowProbe.IsDue)
        {
            // Where a window has opened that is too small to be worth a segment, what was refused goes as far as there is room.
            return windowProbe.TryChoose(mtu.PayloadLimit, out next) || (stream.Window > 0 && sent.Count > 0 && TryChooseLost(now, out next));
        }

        if (recovery.TailProbe.IsDue)
        {
            return TryChooseTailProbe(now, out next);
        }

        // What is lost goes before what is new: the peer can use nothing behind a hole.
        return sent.LostCount > 0 ? TryChooseLost(now, out next) : TryChooseNew(now, ignoreCongestion: false, out next);
    }

    /// <summary>How many full segments of new data may follow what was just sent, but for the last of what is written.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="max">How many would be sent at most. What is allowed counts as sent for the pacer.</param>
    public int CountBulk(Instant now, int max)
    {
        bool isOrdinary = stream.SynAcknowledged && recovery.Phase == RecoveryPhase.None && sent.LostCount == 0 && sent.Count > 0
            && !stream.FinSent && !windowProbe.IsDue && !recovery.TailProbe.IsDue;
        if (!isOrdinary)
        {
            return 0;
        }

        // The last of what is written is pushed, and may bring the FIN: it is chosen by itself.
        int length = mtu.PayloadLimit;
        long available = stream.Buffer.End - stream.Next - 1;
        long room = Math.Min(stream.WindowEdge - stream.Next, congestion.Algorithm.Window - recovery.InFlight);
        int count = (int)Math.Min(max, Math.Min(available, room) / length);
        return count <= 0 || MtuProbeLength(now, available + 1) > 0 ? 0 : congestion.Allow(now, length, roundTrip.Smoothed, count);
    }

    /// <summary>Notes whether the congestion window is full, which decides whether it may grow.</summary>
    public void NoteUsage() => congestion.NoteUsage(
        stream.Unacknowledged, stream.Next, sent.InFlight, isFull: recovery.InFlight + mtu.PayloadLimit > congestion.Algorithm.Window);

    /// <summary>Chooses our SYN, if it is to be sent.</summary>
    public bool TryChooseSyn(out NextSegment next)
    {
        next = new NextSegment(0, 0, stream.SynQueued ? -1 : 0) { IsSyn = true };
        return stream.SynQueued || stream.SynAnswerDue;
    }

    private bool TryChooseLost(Instant now, out NextSegment next)
    {
        next = default;
        int index = sent.FirstLost();
        if (index < 0 || (stream.SynAcknowledged && stream.Window == 0))
        {
            return false;
        }

        // RFC 9293, 3.8.6 (SHLD-16): what a peer that took its window back has room for goes again, and no more. What lies behind that
        // is not in the network, and waits.
        long room = stream.SynAcknowledged ? stream.WindowEdge - sent[index].Start : 1;
        if (room <= 0)
        {
            return false;
        }

        if (room < sent[index].Length)
        {
            sent.Split(index, (int)room);
        }

        ref readonly SentSegment segment = ref sent[index];
        if (stream.SynAcknowledged && !recovery.RetransmitsFirst && !MayEnterNetwork(now, segment.Length))
        {
            return false;
        }

        next = segment.IsWindowProbe && index == sent.Count - 1 ? WithWhatFollows(index, room) : Again(index);
        return true;
    }

    // A byte that a peer without a window refused is no segment by itself once there is a window (RFC 9293, 3.8.6.2.1).
    private NextSegment WithWhatFollows(int index, long room)
    {
        NextSegment again = Again(index);
        long available = stream.Buffer.End - again.Start;
        int length = (int)Math.Min(Math.Min(available, mtu.PayloadLimit), room);
        return again.IsFin || length <= again.Length
            ? again
            : again with { Length = length, IsPush = length == available, IsFin = stream.FinQueued && length == available && room > length };
    }

    private NextSegment Again(int index)
    {
        ref readonly SentSegment segment = ref sent[index];
        int length = segment.PayloadLength;
        return new NextSegment(segment.Start, length, index)
        {
            IsSyn = segment.IsSyn,
            IsFin = segment.IsFin,
            IsPush = length > 0 && segment.End >= stream.Buffer.End,
        };
    }

    private bool TryChooseNew(Instant now, bool ignoreCongestion, out NextSegment next)
    {
        next = default;
        congestion.HeldBack = false;
        if (stream.FinSent)
        {
            return false;
        }

        long available = stream.Buffer.End - stream.Next;
        long usable = stream.WindowEdge - stream.Next;
        if (!ignoreCongestion && MtuProbeLength(now, available) is > 0 and var probe)
        {
            // Where windows open by two segments an acknowledgment, a larger one has to wait until they have opened by enough
            // (RFC 4821, 7.5): it will be, as something is on its way.
            next = new NextSegment(stream.Next, probe, -1) { IsMtuProbe = true };
            return usable >= probe && MayEnterNetwork(now, probe);
        }

        int full = mtu.PayloadLimit;
        int length = (int)Math.Min(Math.Min(available, full), Math.Max(0, usable));
        bool isLast = length == available;
        bool isFin = stream.FinQueued && isLast && usable > length;
        if ((length == 0 && !isFin) || (length < full && !isFin && !_nagle.Allows(length, isLast, sent.Count > 0, stream.MaxWindow)))
        {
            return false;
        }

        if (!ignoreCongestion && !MayEnterNetwork(now, length))
        {
            return false;
        }

        next = new NextSegment(stream.Next, length, -1) { IsFin = isFin, IsPush = isLast && length > 0 };
        return true;
    }

    // Nothing may be under repair where a probe of the path's MTU goes.
    private int MtuProbeLength(Instant now, long available) =>
        recovery.Phase != RecoveryPhase.None ? 0 : mtu.ProbeLength(now, available, Math.Min(congestion.Algorithm.Window, stream.Window));

    // Congestion control's word: how much, and how fast.
    private bool MayEnterNetwork(Instant now, int length)
    {
        bool fits = recovery.HasRoomFor(length);
        if (fits && congestion.IsReady(now, roundTrip.Smoothed))
        {
            return true;
        }

        congestion.HeldBack = true;
        NoteUsage();
        if (fits)
        {
            timers.Set(ConnectionTimer.Pacing, congestion.ReadyAt);
        }

        return false;
    }

    private bool TryChooseTailProbe(Instant now, out NextSegment next)
    {
        // RFC 8985, 7.3: new data if there is any, else the last segment again.
        if (TryChooseNew(now, ignoreCongestion: true, out next))
        {
            next = next with { IsTailProbe = true };
            return true;
        }

        for (int i = sent.Count - 1; i >= 0; i--)
        {
            // Nothing that a peer which took its window back has no room for (SHLD-16).
            if (!sent[i].IsSacked && sent[i].End <= stream.WindowEdge)
            {
                next = Again(i) with { IsTailProbe = true };
                return true;
            }
        }

        recovery.TailProbe.IsDue = false;
        return false;
    }
}
