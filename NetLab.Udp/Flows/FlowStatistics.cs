using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Flows;

/// <summary>
/// What a receiver can say of a flow: received, lost, duplicated, reordered, jitter, delay. Exact for any datagram that is
/// at most <see cref="Window"/> behind the newest; memory is a fixed bitmap, whatever the sequence numbers say.
/// </summary>
public sealed class FlowStatistics
{
    /// <summary>How far behind the newest a datagram may arrive and still be told from a duplicate.</summary>
    public const int Window = 1 << 16;

    // So much of a flow may be lost at once: at ten million datagrams a second, seven minutes. A longer jump is made up.
    private const ulong LongestJump = 1UL << 32;

    // A drop that the kernel counts is one buffer, which may have been as many datagrams coalesced (UDP_MAX_SEGMENTS).
    private const ulong DatagramsPerDrop = 64;

    private readonly ulong[] _seen = new ulong[Window / 64];

    // Of those not seen: which were lost when the socket's buffer was known to be full.
    private readonly ulong[] _overflowed = new ulong[Window / 64];
    private ulong _next;
    private ulong _sent;
    private ProbeHeader? _jump;
    private uint _bufferDrops;
    private double _jitterTicks;
    private long _lastTransit;

    /// <summary>Begins to count.</summary>
    /// <param name="bufferDrops">The socket's drops before the flow began (<see cref="DatagramBatch.BufferDrops"/>): not its own.</param>
    public FlowStatistics(uint bufferDrops = 0) => _bufferDrops = bufferDrops;

    /// <summary>Different datagrams received.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes of payload in them, without the probes' headers.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Datagrams received again.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Datagrams that came after one sent later (RFC 4737, 3).</summary>
    public long Reordered { get; private set; }

    /// <summary>Datagrams too far behind to tell whether they are duplicates, or so far ahead that they can't be true.</summary>
    public long Implausible { get; private set; }

    /// <summary>Datagrams known to have been sent: one more than the highest sequence number, or what the sender said.</summary>
    public long Expected => (long)Math.Max(_next, _sent);

    /// <summary>Datagrams that did not arrive.</summary>
    public long Lost => Expected - Received;

    /// <summary>
    /// Of those, the ones missing where the kernel says that the socket's buffer was too full: not the network's doing. Known
    /// only if the socket counts drops (64-bit Linux).
    /// </summary>
    public long LostInSocketBuffer { get; private set; }

    /// <summary>Interarrival jitter (RFC 3550, 6.4.1).</summary>
    public TimeSpan Jitter => TimeSpan.FromTicks((long)_jitterTicks);

    /// <summary>One-way delays, if the sender's clock is this machine's; else null.</summary>
    public LatencyHistogram? Delay { get; private set; }

    /// <summary>The first arrival, or <see cref="Instant.Never"/>.</summary>
    public Instant FirstAt { get; private set; } = Instant.Never;

    /// <summary>The last arrival; the clock's origin before the first.</summary>
    public Instant LastAt { get; private set; }

    /// <summary>Counts a datagram.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="receivedAt">When it arrived.</param>
    /// <param name="bufferDrops"><see cref="DatagramBatch.BufferDrops"/> of the batch it came in.</param>
    /// <returns>Whether it is new: not a duplicate and not implausible.</returns>
    public bool Count(in ProbeHeader header, Instant receivedAt, uint bufferDrops = 0)
    {
        ulong sequence = header.Sequence;
        if (sequence >= _next)
        {
            if (sequence - _next >= Window && !IsPlausibleJump(header, receivedAt, bufferDrops))
            {
                Implausible++;
                return false;
            }

            Skip(sequence, bufferDrops);
            _next = sequence + 1;
        }
        else if (_next - sequence > Window)
        {
            Implausible++;
            return false;
        }
        else if (IsSet(_seen, sequence))
        {
            Duplicates++;
            return false;
        }
        else
        {
            Reordered++;
            LostInSocketBuffer -= IsSet(_overflowed, sequence) ? 1 : 0;
        }

        _jump = null;
        _bufferDrops = bufferDrops;
        _seen[Index(sequence)] |= Bit(sequence);
        Received++;
        ReceivedBytes += header.Length;
        CountTime(header, receivedAt);
        return true;
    }

    /// <summary>Tells how many were sent: what is missing at the end was lost too.</summary>
    /// <param name="sent">Datagrams the sender sent.</param>
    /// <param name="bufferDrops">Drops in the socket's buffer until now (<see cref="DatagramSocket.BufferDrops"/>).</param>
    public void End(long sent, uint? bufferDrops = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sent);
        ulong missing = (ulong)sent > _next ? (ulong)sent - _next : 0;
        if (_sent == 0 && bufferDrops is { } drops)
        {
            LostInSocketBuffer += (long)Math.Min(missing, DropsSince(drops) * DatagramsPerDrop);
        }

        _sent = (ulong)sent;
    }

    // RFC 3550 A.1: one number far ahead may be made up, the one that follows it as well is not.
    private bool IsPlausibleJump(in ProbeHeader header, Instant receivedAt, uint bufferDrops)
    {
        ulong sequence = header.Sequence;
        if (sequence - _next > LongestJump)
        {
            return false;
        }

        if (_jump is not { } first || first.Sequence + 1 != sequence)
        {
            _jump = header;
            return false;
        }

        // The first one was real: it was counted as implausible, and is not.
        Implausible--;
        Skip(first.Sequence, bufferDrops);
        _next = sequence;
        _seen[Index(first.Sequence)] |= Bit(first.Sequence);
        Received++;
        ReceivedBytes += first.Length;
        CountTime(first, receivedAt);
        return true;
    }

    // Everything from the next expected to the one that came instead is missing.
    private void Skip(ulong sequence, uint bufferDrops)
    {
        ulong missing = sequence - _next;
        if (missing == 0)
        {
            return;
        }

        ulong overflowed = Math.Min(missing, DropsSince(bufferDrops) * DatagramsPerDrop);
        LostInSocketBuffer += (long)overflowed;
        ulong from = missing > Window ? sequence - Window : _next;
        for (ulong skipped = from; skipped < sequence; skipped++)
        {
            _seen[Index(skipped)] &= ~Bit(skipped);
            if (skipped - _next < overflowed)
            {
                _overflowed[Index(skipped)] |= Bit(skipped);
            }
            else
            {
                _overflowed[Index(skipped)] &= ~Bit(skipped);
            }
        }
    }

    private ulong DropsSince(uint bufferDrops) => unchecked(bufferDrops - _bufferDrops);

    private void CountTime(in ProbeHeader header, Instant receivedAt)
    {
        // RFC 3550 A.8: J += (|D| - J) / 16. In floating point, as sender clocks may be anything.
        long transit = unchecked(receivedAt.Ticks - header.SentAt);
        if (FirstAt == Instant.Never)
        {
            FirstAt = receivedAt;
        }
        else
        {
            _jitterTicks += (Math.Abs((double)transit - _lastTransit) - _jitterTicks) / 16;
        }

        _lastTransit = transit;
        LastAt = receivedAt;
        if (header.Clock != 0 && header.Clock == MonotonicClock.Id)
        {
            (Delay ??= new LatencyHistogram()).Record(new TimeSpan(transit));
        }
    }

    private static bool IsSet(ulong[] bits, ulong sequence) => (bits[Index(sequence)] & Bit(sequence)) != 0;

    private static int Index(ulong sequence) => (int)(sequence % Window / 64);

    private static ulong Bit(ulong sequence) => 1UL << (int)(sequence % 64);
}
