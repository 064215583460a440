using System.Diagnostics;

namespace NetLab.Host.Measurement.Exchanges;

/// <summary>When the next of small messages at a steady pace is due, and what became of those that came back. One thread asks; others may read.</summary>
internal sealed class PacedProbe
{
    /// <summary>How often one is sent.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly List<(double At, double Rtt)> _samples = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _sent;
    private long _latestTurn = -1;

    /// <summary>Seconds since it began.</summary>
    public double Now => Stopwatch.GetElapsedTime(_began).TotalSeconds;

    /// <summary>
    /// How long until the next is due; zero or less when it is. Turns in which none could be sent, as an answer was late, are not made up for.
    /// </summary>
    public TimeSpan UntilNext
    {
        get
        {
            TimeSpan now = Stopwatch.GetElapsedTime(_began);
            return (Pace * Math.Max(_latestTurn + 1, now.Ticks / Pace.Ticks)) - now;
        }
    }

    /// <summary>One is sent.</summary>
    /// <returns>When, in seconds since the beginning.</returns>
    public double CountSent()
    {
        TimeSpan now = Stopwatch.GetElapsedTime(_began);
        _latestTurn = now.Ticks / Pace.Ticks;
        Interlocked.Increment(ref _sent);
        return now.TotalSeconds;
    }

    /// <summary>One has come back.</summary>
    /// <param name="at">When it was sent, in seconds since the beginning.</param>
    /// <param name="roundTrip">How long it took.</param>
    public void Record(double at, TimeSpan roundTrip)
    {
        lock (_lock)
        {
            _samples.Add((at, roundTrip.TotalMicroseconds));
        }
    }

    /// <summary>How many have been sent so far.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Those that were sent in a time and came back.</summary>
    public IReadOnlyList<(double At, double Rtt)> Between(double from, double to)
    {
        lock (_lock)
        {
            return [.. _samples.Where(sample => sample.At >= from && sample.At < to).OrderBy(sample => sample.At)];
        }
    }
}
