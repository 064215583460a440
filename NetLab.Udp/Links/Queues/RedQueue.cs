using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>
/// A queue under RED (RFC 2309; Floyd and Jacobson 1993, with the gentle ramp above the upper threshold of Floyd 2000): what
/// comes is dropped or marked with a probability that rises with the average length.
/// </summary>
internal sealed class RedQueue(RedSettings settings, QueueLimit limit, IQueueDrops drops) : FifoQueue(limit, drops)
{
    private double _average;
    private int _sinceDrop = -1;
    private Instant _idleSince;
    private Instant _lastDequeueAt;
    private TimeSpan _sendTime;
    private bool _wasBusy;

    /// <inheritdoc/>
    public override void Enqueue(Instant now, in QueuedDatagram datagram, double inService)
    {
        Average(now);
        if (!HasRoomFor(datagram, inService))
        {
            _sinceDrop = 0;
            Drops.OnDropped(datagram, now, isEarly: false);
        }
        else if (!IsChosen(datagram, out bool isCongested))
        {
            Append(datagram);
        }
        else if (settings.Ecn && datagram.IsEcnCapable && !isCongested)
        {
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
        if (!TryRemove(out datagram))
        {
            return false;
        }

        // The time a typical datagram takes, from two that left one behind the other.
        if (_wasBusy)
        {
            _sendTime = now - _lastDequeueAt;
        }

        (_lastDequeueAt, _wasBusy) = (now, Count > 0);
        _idleSince = Count == 0 ? now : _idleSince;
        return true;
    }

    private void Average(Instant now)
    {
        if (Count > 0 || _sendTime <= TimeSpan.Zero)
        {
            _average += settings.Weight * (Count - _average);
            return;
        }

        // Floyd and Jacobson, section 4: as if so many short ones had come while it was empty.
        _average *= Math.Pow(1 - settings.Weight, Math.Max(1, (now - _idleSince) / _sendTime));
    }

    private bool IsChosen(in QueuedDatagram datagram, out bool isCongested)
    {
        isCongested = false;
        if (_average < settings.MinThreshold)
        {
            _sinceDrop = -1;
            return false;
        }

        double probability;
        if (_average < settings.MaxThreshold)
        {
            probability = settings.MaxProbability * (_average - settings.MinThreshold) / (settings.MaxThreshold - settings.MinThreshold);
        }
        else if (_average < 2 * settings.MaxThreshold)
        {
            isCongested = true;
            probability = settings.MaxProbability + ((1 - settings.MaxProbability) * (_average - settings.MaxThreshold) / settings.MaxThreshold);
        }
        else
        {
            isCongested = true;
            probability = 1;
        }

        // Floyd and Jacobson, section 7: the count since the last drop makes the gaps uniform instead of geometric.
        _sinceDrop++;
        double spread = 1 - (_sinceDrop * probability);
        bool chosen = spread <= 0 || datagram.Draw < probability / spread;
        _sinceDrop = chosen ? 0 : _sinceDrop;
        return chosen;
    }
}
