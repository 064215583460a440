using NetLab.Udp.Time;

namespace NetLab.Udp.Flows;

/// <summary>Says when the next bytes of a paced flow may leave. Pure: time comes as an argument.</summary>
public sealed class Pacer
{
    // Timers of a busy system are late by milliseconds: so much is caught up, a longer pause is lost. At high rates less, as
    // what is caught up has to find room in the receiver's buffer on top of everything else.
    private const long CatchUpBytes = 1 << 20;
    private static readonly TimeSpan CatchUp = TimeSpan.FromMilliseconds(10);

    // What is due in such a time leaves together: a timer for each datagram of a fast flow would cost more than the datagram.
    private static readonly TimeSpan Quantum = TimeSpan.FromMicroseconds(100);

    private readonly double _ticksPerByte;

    // In ticks, with their fractions: at 10 Gbit/s a datagram takes eleven and a bit.
    private double _next;

    /// <summary>Makes a pacer that lets the first bytes go at once.</summary>
    /// <param name="bitsPerSecond">The rate, or 0 for no limit.</param>
    /// <param name="now">The present moment.</param>
    public Pacer(long bitsPerSecond, Instant now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bitsPerSecond);
        _ticksPerByte = bitsPerSecond == 0 ? 0 : 8.0 * TimeSpan.TicksPerSecond / bitsPerSecond;
        _next = now.Ticks;
    }

    /// <summary>How long until the next bytes may leave; zero when they may now.</summary>
    public TimeSpan Until(Instant now)
    {
        double wait = _ticksPerByte == 0 ? 0 : _next - now.Ticks;
        return wait > 0 ? new TimeSpan((long)Math.Ceiling(wait)) : TimeSpan.Zero;
    }

    /// <summary>How long until as many datagrams of one size may leave as should leave together.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="size">Bytes a datagram.</param>
    /// <param name="most">How many go together at most.</param>
    public TimeSpan UntilBatch(Instant now, int size, int most)
    {
        double each = _ticksPerByte * size;
        if (each == 0)
        {
            return TimeSpan.Zero;
        }

        double count = Math.Clamp(Math.Floor(Quantum.Ticks / each), 1, most);
        double wait = _next + ((count - 1) * each) - now.Ticks;
        return wait > 0 ? new TimeSpan((long)Math.Ceiling(wait)) : TimeSpan.Zero;
    }

    /// <summary>How many datagrams of one size may leave together: at least one, whatever the rate says.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="size">Bytes a datagram.</param>
    /// <param name="most">How many there are.</param>
    public int Allowed(Instant now, int size, int most)
    {
        if (_ticksPerByte == 0)
        {
            return most;
        }

        double due = 1 + ((now.Ticks - Math.Max(_next, Earliest(now))) / (_ticksPerByte * size));
        return (int)Math.Clamp(due, 1, most);
    }

    /// <summary>Counts bytes that have left.</summary>
    public void Count(Instant now, long bytes)
    {
        if (_ticksPerByte > 0)
        {
            _next = Math.Max(_next, Earliest(now)) + (_ticksPerByte * bytes);
        }
    }

    private double Earliest(Instant now) => now.Ticks - Math.Min(CatchUp.Ticks, CatchUpBytes * _ticksPerByte);
}
