using NetLab.Tcp.Options;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Receiving;

/// <summary>When to acknowledge (RFC 9293, 3.8.6.3; RFC 5681, 4.2): at once what is out of the ordinary, else every second segment.</summary>
internal sealed class AcknowledgmentPolicy(ConnectionOptions options, TimerTable timers)
{
    // A burst of segments behind a hole is answered one by one, a flood is not.
    private const int MaxOwed = 64;

    private int _quick = options.QuickAcknowledgments;
    private int _largestSegment;
    private long _unacknowledged;

    /// <summary>Pure acknowledgments owed now; more than one only when duplicates are owed.</summary>
    public int Owed { get; private set; }

    /// <summary>Data arrived in order with no hole behind it.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="now">When.</param>
    public void OnInOrder(int length, Instant now)
    {
        // What a device has put together counts as what a peer may send.
        _largestSegment = Math.Max(_largestSegment, Math.Min(length, options.MaxSegmentSize));
        _unacknowledged += length;
        if (_quick > 0)
        {
            _quick--;
            OweOne();
        }
        else if (_unacknowledged > _largestSegment)
        {
            // More than one full segment waits: a second one that is short must not, or its sender takes it for lost.
            OweOne();
        }
        else if (!timers.IsSet(ConnectionTimer.DelayedAcknowledgment))
        {
            // Counted from the first byte that waits: later ones do not put it off.
            timers.Set(ConnectionTimer.DelayedAcknowledgment, now + options.DelayedAcknowledgment);
        }
    }

    /// <summary>Something wants an answer now; any number of such things share one.</summary>
    public void OweOne() => Owed = Math.Max(Owed, 1);

    /// <summary>A duplicate ACK is owed: one a segment, as the peer and its onlookers count them (RFC 5681, 4.2).</summary>
    public void OweDuplicate() => Owed = Math.Min(Owed + 1, MaxOwed);

    /// <summary>No more than so many are owed: what was before a segment arrived, and one for it.</summary>
    public void LimitTo(int count) => Owed = Math.Min(Owed, count);

    /// <summary>A segment with an acknowledgment leaves.</summary>
    public void OnSent()
    {
        Owed = Math.Max(0, Owed - 1);
        _unacknowledged = 0;
        timers.Stop(ConnectionTimer.DelayedAcknowledgment);
    }
}
