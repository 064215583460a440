namespace NetLab.Tcp.Connections.Receiving;

/// <summary>A set of stream offsets as disjoint, non-adjacent ranges in order. Looking up takes logarithmic time in their number.</summary>
internal sealed class RangeSet
{
    private readonly List<(long Start, long End)> _ranges = [];

    /// <summary>How many ranges there are.</summary>
    public int Count => _ranges.Count;

    /// <summary>A range by position, from the lowest.</summary>
    public (long Start, long End) this[int index] => _ranges[index];

    /// <summary>Adds a range; what it touches becomes one with it.</summary>
    public void Add(long start, long end)
    {
        if (start >= end)
        {
            return;
        }

        // The ranges that overlap or adjoin it: from the first that ends at its start or later, to the last that begins at its end.
        int first = IndexOfFirstEndingAt(start);
        int behind = first;
        while (behind < _ranges.Count && _ranges[behind].Start <= end)
        {
            start = Math.Min(start, _ranges[behind].Start);
            end = Math.Max(end, _ranges[behind].End);
            behind++;
        }

        if (behind == first)
        {
            _ranges.Insert(first, (start, end));
            return;
        }

        _ranges[first] = (start, end);
        _ranges.RemoveRange(first + 1, behind - first - 1);
    }

    /// <summary>Takes out everything before an offset.</summary>
    public void RemoveBefore(long offset)
    {
        int gone = 0;
        while (gone < _ranges.Count && _ranges[gone].End <= offset)
        {
            gone++;
        }

        _ranges.RemoveRange(0, gone);
        if (_ranges.Count > 0 && _ranges[0].Start < offset)
        {
            _ranges[0] = (offset, _ranges[0].End);
        }
    }

    /// <summary>The range an offset lies in.</summary>
    public bool TryFind(long offset, out long start, out long end)
    {
        int index = IndexOfFirstEndingAt(offset + 1);
        bool found = index < _ranges.Count && _ranges[index].Start <= offset;
        (start, end) = found ? _ranges[index] : (0, 0);
        return found;
    }

    /// <summary>The part of a range up to where this set next changes, and whether it belongs to the set.</summary>
    /// <param name="start">Where to look.</param>
    /// <param name="end">Where to stop at most, beyond <paramref name="start"/>.</param>
    /// <param name="isIn">Whether the part is in the set.</param>
    /// <returns>Offset behind the part.</returns>
    public long NextChange(long start, long end, out bool isIn)
    {
        int index = IndexOfFirstEndingAt(start + 1);
        if (index >= _ranges.Count)
        {
            isIn = false;
            return end;
        }

        isIn = _ranges[index].Start <= start;
        return Math.Min(end, isIn ? _ranges[index].End : _ranges[index].Start);
    }

    /// <summary>Whether a range touches or overlaps one that is there: adding it makes no new one.</summary>
    public bool Touches(long start, long end)
    {
        int index = IndexOfFirstEndingAt(start);
        return index < _ranges.Count && _ranges[index].Start <= end;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _ranges.Clear();

    private int IndexOfFirstEndingAt(long offset)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _ranges[middle].End < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
