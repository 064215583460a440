using System.Collections.Immutable;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Paths;

/// <summary>
/// Makes a <see cref="PathRecord"/> of what befell datagrams in one direction of a path. Its memory is bounded: of very many delays each
/// second, fourth, eighth … is kept. For one thread at a time.
/// </summary>
public sealed class PathRecorder
{
    // Losses are counted by tenths of a second: fine enough for an outage, and coarse enough to be a share.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    // Three hours of slices.
    private const int MaxSlices = 108_000;

    private readonly List<PathDelay> _delays = [];
    private readonly List<(int Lost, int Seen)> _slices = [];
    private readonly BottleneckRate _bottleneck = new();
    private Instant? _origin;
    private TimeSpan _last;
    private Instant _latestArrival;
    private long _overtaken;
    private long _delivered;
    private int _keepEach = 1;
    private bool _afterLoss;
    private long _bursts;

    /// <summary>
    /// Whether what it is told of delays shows the line's rate: not where a delay is half of a round trip; then <see cref="AddRoundTrip"/> may tell.
    /// </summary>
    public bool ShowsRate { get; init; } = true;

    /// <summary>Datagrams that entered.</summary>
    public long Entered { get; private set; }

    /// <summary>Datagrams of them that were lost.</summary>
    public long Lost { get; private set; }

    /// <summary>A datagram entered the path, in the order of time.</summary>
    /// <param name="enteredAt">When.</param>
    /// <param name="bytes">Its size, IP and UDP headers counted.</param>
    /// <param name="delay">How long it took; null if it never arrived.</param>
    public void Add(Instant enteredAt, int bytes, TimeSpan? delay)
    {
        _origin ??= enteredAt;
        TimeSpan at = enteredAt - _origin.Value;
        at = at < _last ? _last : at;
        _last = at;
        Entered++;
        Lost += delay is null ? 1 : 0;
        _bursts += delay is null && !_afterLoss ? 1 : 0;
        _afterLoss = delay is null;
        int slice = (int)Math.Min(at / Slice, MaxSlices - 1);
        while (_slices.Count <= slice)
        {
            _slices.Add(default);
        }

        _slices[slice] = (_slices[slice].Lost + (delay is null ? 1 : 0), _slices[slice].Seen + 1);
        if (delay is { } took)
        {
            _overtaken += enteredAt + took < _latestArrival ? 1 : 0;
            _latestArrival = Instant.Max(_latestArrival, enteredAt + took);
            if (ShowsRate)
            {
                _bottleneck.Add(at, took, bytes);
            }

            if (_delivered++ % _keepEach == 0)
            {
                Keep(new PathDelay(at, took));
            }
        }
    }

    /// <summary>An acknowledgment came back: how far it is behind the one before shows what the line needs for what it acknowledges.</summary>
    /// <param name="sentAt">When the last of what it acknowledges was sent.</param>
    /// <param name="bytes">What it acknowledges, with headers.</param>
    /// <param name="roundTrip">Since then.</param>
    public void AddRoundTrip(Instant sentAt, int bytes, TimeSpan roundTrip)
    {
        _origin ??= sentAt;
        _bottleneck.Add(sentAt < _origin.Value ? TimeSpan.Zero : sentAt - _origin.Value, roundTrip, bytes);
    }

    /// <summary>What was seen; null if nothing arrived.</summary>
    /// <param name="name">What to call it.</param>
    public PathRecord? Build(string name)
    {
        if (_delays.Count == 0)
        {
            return null;
        }

        // One gap between datagrams more than from the first to the last, so that it goes on as it went.
        TimeSpan period = TimeSpan.FromTicks(Math.Max(1, _last.Ticks + (_last.Ticks / Math.Max(1, Entered - 1))));
        var losses = ImmutableArray.CreateBuilder<PathLoss>();
        double before = 0;
        for (int i = 0; i < _slices.Count && i * Slice < period; i++)
        {
            // A slice in which nothing was sent tells nothing: it is as the one before.
            double share = _slices[i].Seen > 0 ? (double)_slices[i].Lost / _slices[i].Seen : before;
            if (i == 0 || share != before)
            {
                losses.Add(new PathLoss(i * Slice, share));
            }

            before = share;
        }

        return new PathRecord(name, period, [.. _delays], Lost > 0 ? losses.ToImmutable() : [])
        {
            Burst = _bursts > 0 ? (double)Lost / _bursts : 1,

            // Halves of round trips do not show who was overtaken.
            KeepsOrder = _overtaken == 0 || !ShowsRate,
            Rate = _bottleneck.Build(name, period),
        };
    }

    private void Keep(PathDelay delay)
    {
        if (_delays.Count >= PathRecord.MaxDelays)
        {
            int kept = 0;
            for (int i = 0; i < _delays.Count; i += 2)
            {
                _delays[kept++] = _delays[i];
            }

            _delays.RemoveRange(kept, _delays.Count - kept);
            _keepEach *= 2;
        }

        _delays.Add(delay);
    }
}
