namespace NetLab.Tcp.Connections.Receiving;

/// <summary>
/// Which blocks to report in what order: the one that the latest segment belongs to first, then those reported before
/// it (RFC 2018, 4); a duplicate goes in front of all (RFC 2883, 4).
/// </summary>
internal sealed class SackReports
{
    // An offset inside each recently extended range, newest first; one a range.
    private readonly List<long> _recent = [];
    private (long Start, long End)? _duplicate;

    /// <summary>Whether there is anything to report.</summary>
    public bool HasReports => _recent.Count > 0 || _duplicate is not null;

    /// <summary>A segment arrived out of order.</summary>
    /// <param name="start">where the range it belongs to begins.</param>
    /// <param name="end">Where it ends.</param>
    public void OnStored(long start, long end)
    {
        _recent.RemoveAll(offset => offset >= start && offset < end);
        _recent.Insert(0, start);
        if (_recent.Count > 2 * Segments.SackBlocks.Capacity)
        {
            _recent.RemoveAt(_recent.Count - 1);
        }
    }

    /// <summary>A segment arrived that had been received before.</summary>
    public void OnDuplicate(long start, long end) => _duplicate = start < end ? (start, end) : _duplicate;

    /// <summary>What there was to report has been sent: a duplicate is reported once.</summary>
    public void OnReported() => _duplicate = null;

    /// <summary>Writes the ranges to report, at most <paramref name="ranges"/>.Length.</summary>
    /// <returns>How many were written.</returns>
    public int Report(Reassembler reassembler, Span<(long Start, long End)> ranges)
    {
        int count = 0;
        if (_duplicate is { } duplicate && ranges.Length > 0)
        {
            ranges[count++] = duplicate;
        }

        for (int i = 0; i < _recent.Count; i++)
        {
            if (!reassembler.TryFindRange(_recent[i], out long start, out long end))
            {
                // Its hole has been filled.
                _recent.RemoveAt(i--);
            }
            else if (count < ranges.Length)
            {
                ranges[count++] = (start, end);
            }
        }

        return count;
    }
}
