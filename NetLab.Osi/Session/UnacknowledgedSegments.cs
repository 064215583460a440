namespace NetLab.Osi.Session;

/// <summary>The segments of a direction that were not acknowledged yet, as they came; bounded.</summary>
internal sealed class UnacknowledgedSegments
{
    // More than any common window holds; what comes beyond is not remembered.
    private const int MaxSegments = 1 << 12;
    private const int FirstRoom = 4;

    private Entry[] _entries = [];
    private int _first;
    private bool _isSorted = true;

    public int Count { get; private set; }

    /// <summary>Numbers from the first that was not acknowledged to the last that was sent; null if there are none.</summary>
    public uint? BytesInFlight
    {
        get
        {
            if (Count == 0)
            {
                return null;
            }

            (uint low, uint high) = (_entries[_first].Sequence, _entries[_first + Count - 1].End);
            for (int i = _first; !_isSorted && i < _first + Count; i++)
            {
                low = Before(_entries[i].Sequence, low) ? _entries[i].Sequence : low;
                high = Before(high, _entries[i].End) ? _entries[i].End : high;
            }

            uint bytes = unchecked(high - low);
            return bytes is > 0 and < 2_000_000_000 ? bytes : null;
        }
    }

    /// <summary>A segment was sent.</summary>
    public void Add(uint sequence, uint end, long packet, long time, SegmentRoom room)
    {
        if (!MakeRoom(room))
        {
            return;
        }

        _isSorted = Count == 0 || (_isSorted && !Before(sequence, _entries[_first + Count - 1].End));
        _entries[_first + Count++] = new Entry(sequence, end, (uint)packet, time);
    }

    /// <summary>All numbers before one were acknowledged.</summary>
    /// <returns>The packet whose last byte is the last acknowledged, and how long ago it was.</returns>
    public (long? Packet, long? RoundTrip) Acknowledge(uint number, long time, SegmentRoom room)
    {
        if (Count == 0)
        {
            return default;
        }

        Entry? found = null;
        if (_isSorted)
        {
            while (Count > 0 && !Before(number, _entries[_first].End))
            {
                found = _entries[_first].End == number ? _entries[_first] : found;
                _first++;
                Count--;
            }

            if (Count > 0 && Before(_entries[_first].Sequence, number))
            {
                _entries[_first].Sequence = number;
            }
        }
        else
        {
            found = Filter(number);
        }

        if (Count == 0)
        {
            (_first, _isSorted) = (0, true);
            if (_entries.Length > FirstRoom)
            {
                Clear(room);
            }
        }

        return found is { } entry ? ((long?)entry.Packet, time - entry.Time) : default;
    }

    /// <summary>Lets go of all.</summary>
    public void Clear(SegmentRoom room)
    {
        room.Return(_entries.Length);
        (_entries, _first, Count, _isSorted) = ([], 0, 0, true);
    }

    private static bool Before(uint a, uint b) => unchecked((int)(a - b)) < 0;

    // Segments that came again or out of order lie in no order: all are looked at.
    private Entry? Filter(uint number)
    {
        Entry? found = null;
        int kept = _first;
        bool isSorted = true;
        for (int i = _first; i < _first + Count; i++)
        {
            Entry entry = _entries[i];
            if (!Before(number, entry.End))
            {
                found ??= entry.End == number ? entry : null;
                continue;
            }

            entry.Sequence = Before(entry.Sequence, number) ? number : entry.Sequence;
            isSorted &= kept == _first || !Before(entry.Sequence, _entries[kept - 1].End);
            _entries[kept++] = entry;
        }

        (Count, _isSorted) = (kept - _first, isSorted);
        return found;
    }

    private bool MakeRoom(SegmentRoom room)
    {
        if (_first + Count < _entries.Length)
        {
            return true;
        }

        if (_first > _entries.Length / 2)
        {
            Array.Copy(_entries, _first, _entries, 0, Count);
            _first = 0;
            return true;
        }

        int larger = Math.Max(FirstRoom, _entries.Length * 2);
        if (larger > MaxSegments || !room.TryTake(larger - _entries.Length))
        {
            return false;
        }

        var entries = new Entry[larger];
        Array.Copy(_entries, _first, entries, 0, Count);
        (_entries, _first) = (entries, 0);
        return true;
    }

    private record struct Entry(uint Sequence, uint End, uint Packet, long Time);
}
