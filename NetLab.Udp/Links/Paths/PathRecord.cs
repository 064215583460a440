using System.Collections.Immutable;
using NetLab.Udp.Links.Lines;

namespace NetLab.Udp.Links.Paths;

/// <summary>
/// One direction of a path as it was seen once: delay, loss and, where it showed, rate as functions of time. It repeats after its
/// <see cref="Period"/>. Immutable, so that several links may play it at once.
/// </summary>
public sealed class PathRecord : IEquatable<PathRecord>
{
    /// <summary>The most delays a record holds: at one each 5 ms more than eight minutes.</summary>
    public const int MaxDelays = 100_000;

    /// <summary>Makes a record.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="period">After so long it begins again; more than 0 and at least as long as what is in it.</param>
    /// <param name="delays">In order of time, at least one.</param>
    /// <param name="losses">In order of time, the first from 0 on; none for no loss.</param>
    /// <exception cref="ArgumentException">There is no delay, an order is wrong, or the period too short.</exception>
    public PathRecord(string name, TimeSpan period, ImmutableArray<PathDelay> delays, ImmutableArray<PathLoss> losses)
    {
        if (delays.IsDefaultOrEmpty || !IsOrdered(delays, d => d.At) || delays[^1].At > period)
        {
            throw new ArgumentException("Delays come in the order of time, within the period.", nameof(delays));
        }

        if (!losses.IsEmpty && (losses[0].At != TimeSpan.Zero || !IsOrdered(losses, l => l.At) || losses[^1].At > period))
        {
            throw new ArgumentException("Losses come in the order of time, from 0 on, within the period.", nameof(losses));
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        (Name, Period, Delays, Losses) = (name, period, delays, losses);
    }

    /// <summary>Where it came from: the name of its file.</summary>
    public string Name { get; }

    /// <summary>After so long it begins again.</summary>
    public TimeSpan Period { get; }

    /// <summary>How long datagrams took.</summary>
    public ImmutableArray<PathDelay> Delays { get; }

    /// <summary>How many were lost.</summary>
    public ImmutableArray<PathLoss> Losses { get; }

    /// <summary>Mean length of a run of lost datagrams, at least 1.</summary>
    public double Burst { get; init; } = 1;

    /// <summary>Whether all arrived in the order in which they entered.</summary>
    public bool KeepsOrder { get; init; } = true;

    /// <summary>The rate of the path's narrowest line; null where nothing showed it, as no datagram waited for it.</summary>
    public RateTrace? Rate { get; init; }

    /// <summary>
    /// How long a datagram takes that enters then. Between two that were seen it is what keeps their order, or, where there was none, that
    /// of the one before.
    /// </summary>
    /// <param name="since">Since the beginning.</param>
    public TimeSpan DelayAt(TimeSpan since)
    {
        var at = new TimeSpan(Math.Max(0, since.Ticks) % Period.Ticks);
        int index = LastUpTo(Delays.Length, i => Delays[i].At, at);
        PathDelay before = Delays[index];
        if (!KeepsOrder || at <= before.At || index + 1 == Delays.Length)
        {
            return before.Delay;
        }

        PathDelay after = Delays[index + 1];
        double part = (at - before.At) / (after.At - before.At);
        return before.Delay + (part * (after.Delay - before.Delay));
    }

    /// <summary>What share is lost of what enters then, 0 to 1.</summary>
    /// <param name="since">Since the beginning.</param>
    public double LossAt(TimeSpan since)
    {
        var at = new TimeSpan(Math.Max(0, since.Ticks) % Period.Ticks);
        return Losses.IsEmpty ? 0 : Losses[LastUpTo(Losses.Length, i => Losses[i].At, at)].Share;
    }

    /// <summary>Two records of one name and period are the same: a file is read once a link.</summary>
    public bool Equals(PathRecord? other) => other is not null && Name == other.Name && Period == other.Period && Delays.Length == other.Delays.Length;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PathRecord);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Period);

    private static bool IsOrdered<T>(ImmutableArray<T> items, Func<T, TimeSpan> at)
    {
        for (int i = 0; i < items.Length; i++)
        {
            if (at(items[i]) < TimeSpan.Zero || (i > 0 && at(items[i]) < at(items[i - 1])))
            {
                return false;
            }
        }

        return true;
    }

    // The last of them that is not later than a moment; the first if all are.
    private static int LastUpTo(int count, Func<int, TimeSpan> at, TimeSpan moment)
    {
        int low = 0;
        int high = count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = at(middle) <= moment ? (middle, high) : (low, middle - 1);
        }

        return low;
    }
}
