using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>
/// CoDel's control law (RFC 8289, 5): when the least delay of an interval stays above the target, drop from the head, and
/// the more often the longer that lasts. One of these belongs to each queue under its control.
/// </summary>
internal struct CoDelState
{
    private Instant _firstAboveAt;
    private Instant _dropNextAt;
    private int _count;
    private int _lastCount;
    private bool _isDropping;
    private bool _isAbove;

    /// <summary>Takes from a queue what may leave it, and drops or marks what the law says.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="settings">Target and interval.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="maxDatagram">The largest datagram seen: a queue of no more than that is never too long.</param>
    /// <param name="datagram">What leaves.</param>
    public bool TryDequeue<TQueue>(ref TQueue queue, CoDelSettings settings, Instant now, int maxDatagram, out QueuedDatagram datagram)
        where TQueue : ICoDelQueue
    {
        bool has = TryTake(ref queue, settings, now, maxDatagram, out datagram, out bool mayDrop);
        if (!has)
        {
            _isDropping = false;
            return false;
        }

        if (_isDropping)
        {
            if (!mayDrop)
            {
                _isDropping = false;
            }

            while (_isDropping && now >= _dropNextAt)
            {
                _count++;
                _dropNextAt = Next(settings, _dropNextAt);
                if (settings.Ecn && datagram.IsEcnCapable)
                {
                    datagram = datagram.Marked();
                    return true;
                }

                queue.Drop(datagram, now);
                if (!TryTake(ref queue, settings, now, maxDatagram, out datagram, out mayDrop))
                {
                    _isDropping = false;
                    return false;
                }

                _isDropping = mayDrop;
            }
        }
        else if (mayDrop)
        {
            if (settings.Ecn && datagram.IsEcnCapable)
            {
                datagram = datagram.Marked();
            }
            else
            {
                queue.Drop(datagram, now);
                has = TryTake(ref queue, settings, now, maxDatagram, out datagram, out _);
            }

            _isDropping = true;

            // RFC 8289, 5.4: a controller that left this state a moment ago begins where it was.
            int delta = _count - _lastCount;
            _count = delta > 1 && now - _dropNextAt < 16 * settings.Interval ? delta : 1;
            _dropNextAt = Next(settings, now);
            _lastCount = _count;
        }

        return has;
    }

    // RFC 8289, 4.2: the inverse square root makes the drop rate rise linearly.
    private readonly Instant Next(CoDelSettings settings, Instant from) =>
        from + TimeSpan.FromTicks((long)(settings.Interval.Ticks / Math.Sqrt(_count)));

    private bool TryTake<TQueue>(ref TQueue queue, CoDelSettings settings, Instant now, int maxDatagram, out QueuedDatagram datagram, out bool mayDrop)
        where TQueue : ICoDelQueue
    {
        mayDrop = false;
        if (!queue.TryTake(out datagram))
        {
            _isAbove = false;
            return false;
        }

        if (now - datagram.EnteredAt < settings.Target || queue.Bytes <= maxDatagram)
        {
            _isAbove = false;
        }
        else if (!_isAbove)
        {
            (_isAbove, _firstAboveAt) = (true, now + settings.Interval);
        }
        else
        {
            mayDrop = now >= _firstAboveAt;
        }

        return true;
    }
}
