using NetLab.Udp.Time;

namespace NetLab.Udp.Flows;

/// <summary>
/// What a receiver can say of a flow: received, lost, duplicated, reordered, jitter. Exact for any datagram that is
/// at most <see cref="Window"/> behind the newest; memory is a fixed bitmap, whatever the sequence numbers say.
/// </summary>
public sealed class FlowStatistics
{
    /// <summary>How far behind the newest a datagram may arrive and still be told from a duplicate.</summary>
    public const int Window = 1 << 16;

    private readonly ulong[] _seen = new ulong[Window / 64];
    private ulong _next;
    private double _jitterTicks;
    private long? _lastTransit;

    /// <summary>Different datagrams received.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes of payload in them.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Datagrams received again.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Datagrams that came after one sent later (RFC 4737, 3).</summary>
    public long Reordered { get; private set; }

    /// <summary>Datagrams too far behind to tell whether they are duplicates, or so far ahead that they can't be true.</summary>
    public long Implausible { get; private set; }

    /// <summary>Datagrams known to have been sent: one more than the highest sequence number.</summary>
    public long Expected => (long)_next;

    /// <summary>Datagrams that did not arrive, up to the newest that did.</summary>
    public long Lost => Expected - Received;

    /// <summary>Interarrival jitter (RFC 3550, 6.4.1).</summary>
    public TimeSpan Jitter => TimeSpan.FromTicks((long)_jitterTicks);

    /// <summary>Counts a datagram.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="receivedAt">When it arrived.</param>
    /// <returns>Whether it is new: not a duplicate and not implausible.</returns>
    public bool Count(in ProbeHeader header, Instant receivedAt)
    {
        ulong sequence = header.Sequence;

        // A jump of more than the window would wipe it; a sender that lost so many in a row has no flow to measure.
        if (sequence >= _next + Window || (sequence < _next && _next - sequence > Window))
        {
            Implausible++;
            return false;
        }

        if (sequence >= _next)
        {
            for (ulong skipped = _next; skipped < sequence; skipped++)
            {
                Clear(skipped);
            }

            _next = sequence + 1;
        }
        else if (IsSet(sequence))
        {
            Duplicates++;
            return false;
        }
        else
        {
            Reordered++;
        }

        Set(sequence);
        Received++;
        ReceivedBytes += header.Length;
        CountJitter(receivedAt.Ticks - header.SentAt);
        return true;
    }

    private void CountJitter(long transit)
    {
        if (_lastTransit is { } last)
        {
            // RFC 3550 A.8: J += (|D| - J) / 16. In floating point, as sender clocks may be anything.
            _jitterTicks += (Math.Abs((double)transit - last) - _jitterTicks) / 16;
        }

        _lastTransit = transit;
    }

    private bool IsSet(ulong sequence) => (_seen[Index(sequence)] & Bit(sequence)) != 0;

    private void Set(ulong sequence) => _seen[Index(sequence)] |= Bit(sequence);

    private void Clear(ulong sequence) => _seen[Index(sequence)] &= ~Bit(sequence);

    private static int Index(ulong sequence) => (int)(sequence % Window / 64);

    private static ulong Bit(ulong sequence) => 1UL << (int)(sequence % 64);
}
