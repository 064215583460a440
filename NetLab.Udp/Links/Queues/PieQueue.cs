using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>
/// A queue under PIE (RFC 8033): a controller sets, some 67 times a second, the probability by which what comes is dropped,
/// from the delay and its trend. The delay is that of the last datagram that left, by its time stamp (section 5.2).
/// </summary>
internal sealed class PieQueue(PieSettings settings, QueueLimit limit, IQueueDrops drops) : FifoQueue(limit, drops)
{
    // Idle for longer than this many updates, whatever probability there was has decayed to nothing (0.98^1000 < 2e-9).
    private const int MaxUpdates = 1_000;

    private double _probability;
    private double _accumulated;
    private TimeSpan _delay;
    private TimeSpan _previousDelay;
    private TimeSpan _burstAllowance = settings.MaxBurst;
    private Instant _nextUpdateAt;
    private int _maxDatagram;
    private bool _hasStarted;

    /// <inheritdoc/>
    public override void Enqueue(Instant now, in QueuedDatagram datagram, double inService)
    {
        Update(now);
        _maxDatagram = Math.Max(_maxDatagram, datagram.Bytes);
        if (!HasRoomFor(datagram, inService))
        {
            Drops.OnDropped(datagram, now, isEarly: false);
        }
        else if (!IsChosen(datagram))
        {
            Append(datagram);
        }
        else if (settings.Ecn && datagram.IsEcnCapable && _probability <= settings.MarkThreshold)
        {
            // RFC 8033, 5.1: beyond that share, marking alone no longer holds the queue.
            Append(datagram.Marked());
        }
        else
        {
            Drops.OnDropped(datagram, now, isEarly: true);
        }
    }

    /// <inheritdoc/>
    public override bool TryDequeue(Instant now, out QueuedDatagram datagram)
    {
        Update(now);
        if (!TryRemove(out datagram))
        {
            return false;
        }

        _delay = Count == 0 ? TimeSpan.Zero : now - datagram.EnteredAt;
        return true;
    }

    private bool IsChosen(in QueuedDatagram datagram)
    {
        if (_burstAllowance > TimeSpan.Zero)
        {
            return false;
        }

        // RFC 8033, 4.1: safeguards of a queue that is short or works.
        if ((_previousDelay < settings.Target / 2 && _probability < 0.2) || Bytes <= 2 * _maxDatagram)
        {
            return false;
        }

        // RFC 8033, 5.4: drops that come evenly rather than in clusters.
        _accumulated = _probability == 0 ? 0 : _accumulated + _probability;
        bool chosen = _accumulated >= 0.85 && (_accumulated >= 8.5 || datagram.Draw < _probability);
        _accumulated = chosen ? 0 : _accumulated;
        return chosen;
    }

    private void Update(Instant now)
    {
        if (!_hasStarted)
        {
            (_hasStarted, _nextUpdateAt) = (true, now + settings.UpdateInterval);
            return;
        }

        for (int i = 0; _nextUpdateAt <= now && i < MaxUpdates; i++)
        {
            UpdateProbability();
            _nextUpdateAt += settings.UpdateInterval;
        }

        if (_nextUpdateAt <= now)
        {
            _nextUpdateAt = now + settings.UpdateInterval;
        }
    }

    // RFC 8033, 4.2 and 4.4.
    private void UpdateProbability()
    {
        double step = (settings.Alpha * (_delay - settings.Target).TotalSeconds) + (settings.Beta * (_delay - _previousDelay).TotalSeconds);
        step /= _probability switch
        {
            < 0.000_001 => 2048,
            < 0.000_01 => 512,
            < 0.000_1 => 128,
            < 0.001 => 32,
            < 0.01 => 8,
            < 0.1 => 2,
            _ => 1,
        };
        step = _probability >= 0.1 ? Math.Min(step, 0.02) : step;
        _probability += step;
        if (_delay == TimeSpan.Zero && _previousDelay == TimeSpan.Zero)
        {
            _probability *= 0.98;
        }

        _probability = Math.Clamp(_probability, 0, 1);
        bool isCalm = _probability == 0 && _delay < settings.Target / 2 && _previousDelay < settings.Target / 2;
        _previousDelay = _delay;
        if (isCalm)
        {
            _burstAllowance = settings.MaxBurst;
        }
        else if (_burstAllowance > TimeSpan.Zero)
        {
            _burstAllowance -= settings.UpdateInterval;
        }
    }
}
