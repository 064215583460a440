namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// What was sent again in this recovery and the one before it, and how much of that a report of duplicates (D-SACK, RFC 2883) accounts for.
/// </summary>
internal sealed class ResentRanges
{
    // A recovery that sends more segments again than that is not undone by reports of them: 20 MB of full segments.
    private const int MaxRanges = 1 << 14;

    // In the order of the stream. Retransmissions mostly are, so that one is appended.
    private readonly List<Range> _ranges = [];
    private int _recovery;

    /// <summary>How many retransmissions of this recovery no report has accounted for.</summary>
    public int Unreported { get; private set; }

    /// <summary>A recovery begins: reports of what an earlier one sent say nothing of it.</summary>
    public void Begin()
    {
        _recovery++;
        Unreported = 0;
        _ranges.RemoveAll(r => r.Recovery < _recovery - 1);
    }

    /// <summary>A segment was sent again.</summary>
    /// <param name="start">Stream offset of its first sequence number.</param>
    /// <param name="end">Stream offset behind its last one.</param>
    public void Add(long start, long end)
    {
        Unreported++;
        int index = IndexOf(start, end);
        if (index < _ranges.Count && _ranges[index] is var known && known.Start == start && known.End == end)
        {
            _ranges[index] = known with { Recovery = _recovery, Unreported = known.Recovery == _recovery ? known.Unreported + 1 : 1 };
        }
        else if (_ranges.Count < MaxRanges)
        {
            _ranges.Insert(index, new Range(start, end, _recovery, 1));
        }
    }

    /// <summary>
    /// Takes a report that something arrived twice. It accounts for one transmission of each segment that it covers whole, and of segments
    /// that overlap for the first.
    /// </summary>
    /// <param name="start">Stream offset of the first sequence number reported.</param>
    /// <param name="end">Stream offset behind the last one.</param>
    /// <returns>How many retransmissions it accounts for, those of the recovery before this one included.</returns>
    public int Report(long start, long end)
    {
        int accounted = 0;
        for (int i = IndexOf(start, start); i < _ranges.Count && _ranges[i].Start < end; i++)
        {
            Range range = _ranges[i];
            if (range.Start >= start && range.End <= end && range.Unreported > 0)
            {
                _ranges[i] = range with { Unreported = range.Unreported - 1 };
                Unreported -= range.Recovery == _recovery ? 1 : 0;
                accounted++;
                start = range.End;
            }
        }

        return accounted;
    }

    /// <summary>Gives back memory and forgets everything.</summary>
    public void Clear()
    {
        _ranges.Clear();
        _ranges.TrimExcess();
        Unreported = 0;
    }

    // The first range at or behind a place.
    private int IndexOf(long start, long end)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            bool isBefore = _ranges[middle].Start < start || (_ranges[middle].Start == start && _ranges[middle].End < end);
            (low, high) = isBefore ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private readonly record struct Range(long Start, long End, int Recovery, int Unreported);
}
