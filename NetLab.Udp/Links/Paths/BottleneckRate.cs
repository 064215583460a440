using System.Collections.Immutable;
using NetLab.Udp.Links.Lines;

namespace NetLab.Udp.Links.Paths;

/// <summary>
/// The rate of a path's narrowest line, by what it does to datagrams that follow each other closely: it parts them by the time that the
/// second takes (packet pairs). Known only where that happened often, was nearly the same each time, and no more passed than it allows:
/// jitter parts them, too.
/// </summary>
internal sealed class BottleneckRate
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    // Enough for a median, and bounded in all.
    private const int MinPairs = 40;
    private const int MaxPairs = 256;
    private const int MaxSlices = 3_600;
    private const double MaxSpread = 0.2;

    // More than this part above a rate cannot have passed at it.
    private const double Tolerance = 1.05;

    private readonly List<List<double>> _slices = [];
    private readonly List<double> _passed = [];
    private TimeSpan? _sentAt;
    private TimeSpan _arrivedAt;

    /// <summary>A datagram arrived.</summary>
    /// <param name="at">When it was sent.</param>
    /// <param name="delay">How long it took.</param>
    /// <param name="bytes">Its size with headers.</param>
    public void Add(TimeSpan at, TimeSpan delay, int bytes)
    {
        TimeSpan arrival = at + delay;
        TimeSpan apart = arrival - _arrivedAt;
        int slice = (int)Math.Min(at / Slice, MaxSlices);
        int arrived = (int)Math.Min(arrival / Slice, MaxSlices);
        while (arrived < MaxSlices && _slices.Count <= arrived)
        {
            _slices.Add([]);
            _passed.Add(0);
        }

        if (arrived < MaxSlices)
        {
            _passed[arrived] += bytes * 8;
            if (_sentAt is { } before && apart > TimeSpan.Zero && (at - before).Ticks * 2 <= apart.Ticks && _slices[slice].Count < MaxPairs)
            {
                _slices[slice].Add(bytes * 8 / apart.TotalSeconds);
            }
        }

        (_sentAt, _arrivedAt) = (at, arrival);
    }

    /// <summary>The rates by seconds; null if none was seen.</summary>
    /// <param name="name">What to call it.</param>
    /// <param name="period">After so long it begins again.</param>
    public RateTrace? Build(string name, TimeSpan period)
    {
        var steps = ImmutableArray.CreateBuilder<RateStep>();
        for (int i = 0; i < _slices.Count && i * Slice < period; i++)
        {
            // Where nothing is known it is as before, or as it is first known to be.
            if (MedianOf(_slices[i]) is { } rate && (steps.Count == 0 || Math.Abs(rate - steps[^1].BitsPerSecond) > 0.001 * rate))
            {
                steps.Add(new RateStep(steps.Count == 0 ? TimeSpan.Zero : i * Slice, rate));
            }
        }

        return steps.Count > 0 && IsPossible(steps) ? new RateTrace(name, steps.ToImmutable(), period) : null;
    }

    private bool IsPossible(IReadOnlyList<RateStep> steps)
    {
        int step = 0;
        for (int i = 0; i < _passed.Count; i++)
        {
            step += step + 1 < steps.Count && steps[step + 1].At <= i * Slice ? 1 : 0;
            if (_passed[i] > Tolerance * steps[step].BitsPerSecond * Slice.TotalSeconds)
            {
                return false;
            }
        }

        return true;
    }

    private static double? MedianOf(List<double> pairs)
    {
        if (pairs.Count < MinPairs)
        {
            return null;
        }

        pairs.Sort();
        double median = pairs[pairs.Count / 2];
        return pairs[pairs.Count * 3 / 4] - pairs[pairs.Count / 4] <= MaxSpread * median ? median : null;
    }
}
