namespace NetLab.Tcp.Protocol.Receiving;

/// <summary>
/// Which blocks to report in what order: the one that the latest segment belongs to first, then those reported before
/// it (RFC 2018, 4); a duplicate goes in front of all (RFC 2883, 4).
/// </summary>
internal sealed class SackHistory
{
    // An offset inside each recently extended run, newest first.
    private readonly List<long> _recent = [];
    private (long Start, long End)? _duplicate;

    /// <summary>A segment arrived early.</summary>
    public void OnStored(long offset)
    {
        _recent.Remove(offset);
        _recent.Insert(0, offset);
        if (_recent.Count > 2 * Segments.SackBlocks.Capacity)
        {
            _recent.RemoveAt(_recent.Count - 1);
        }
    }

    /// <summary>A segment arrived that had been received before.</summary>
    public void OnDuplicate(long start, long end) => _duplicate = (start, end);

    /// <summary>Writes the runs to report, at most <paramref name="runs"/>.Length; a duplicate is reported once.</summary>
    /// <returns>How many were written.</returns>
    public int Report(Reassembler reassembler, Span<(long Start, long End)> runs)
    {
        int count = 0;
        if (_duplicate is { } duplicate && runs.Length > 0)
        {
            runs[count++] = duplicate;
            _duplicate = null;
        }

        int first = count;
        for (int i = 0; i < _recent.Count; i++)
        {
            if (!reassembler.TryFindRun(_recent[i], out long start, out long end))
            {
                // Its hole has been filled.
                _recent.RemoveAt(i--);
                continue;
            }

            if (count < runs.Length && !runs[first..count].Contains((start, end)))
            {
                runs[count++] = (start, end);
            }
        }

        return count;
    }
}
