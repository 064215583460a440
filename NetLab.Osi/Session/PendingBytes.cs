namespace NetLab.Osi.Session;

/// <summary>Bytes of a stream that wait behind a hole: sorted by position, never overlapping, bounded.</summary>
internal sealed class PendingBytes
{
    public const int MaxBytes = 4 << 20;

    // One-byte segments would make millions of pieces of as many bytes.
    private const int MaxPieces = 1 << 14;

    // What a piece costs beside its bytes: its place in the list, the object, and the room that the list grows by.
    private const int PieceCost = 72;

    private readonly List<(long Start, byte[] Bytes)> _pieces = [];
    private long _bytes;
    private int _taken;

    public bool IsEmpty => _pieces.Count == _taken;

    /// <summary>Whether some bytes found no room.</summary>
    public bool IsFull { get; private set; }

    /// <summary>What a piece of so many bytes holds of the memory of all streams.</summary>
    public static int CostOf(int bytes) => bytes + PieceCost;

    public long FirstStart => _pieces[_taken].Start;

    /// <summary>Keeps bytes, those that are kept already left out.</summary>
    /// <param name="start">Their position.</param>
    /// <param name="bytes">They.</param>
    /// <param name="segment">The segment, whose stream holds them.</param>
    /// <returns>False when some were given up.</returns>
    public bool Keep(long start, ReadOnlySpan<byte> bytes, in StreamSegment segment)
    {
        int index = IndexOfFirstEndingAfter(start);
        while (!bytes.IsEmpty)
        {
            if (index < _pieces.Count && _pieces[index].Start <= start)
            {
                long held = EndOf(index) - start;
                if (held >= bytes.Length)
                {
                    return true;
                }

                bytes = bytes[(int)Math.Max(0, held)..];
                start += Math.Max(0, held);
                index++;
                continue;
            }

            int room = index < _pieces.Count ? (int)Math.Min(_pieces[index].Start - start, bytes.Length) : bytes.Length;
            if (_bytes + room > MaxBytes || _pieces.Count - _taken >= MaxPieces || !segment.TryHold(CostOf(room)))
            {
                IsFull = true;
                return false;
            }

            _pieces.Insert(index++, (start, bytes[..room].ToArray()));
            _bytes += room;
            start += room;
            bytes = bytes[room..];
        }

        return true;
    }

    /// <summary>Takes the piece that begins at a position.</summary>
    public bool TryTake(long start, out byte[] bytes)
    {
        if (IsEmpty || FirstStart != start)
        {
            bytes = [];
            return false;
        }

        bytes = _pieces[_taken].Bytes;
        _bytes -= bytes.Length;
        _pieces[_taken++] = (start, []);
        IsFull = false;
        if (_taken == _pieces.Count || _taken >= 256)
        {
            _pieces.RemoveRange(0, _taken);
            _taken = 0;
        }

        return true;
    }

    private long EndOf(int index) => _pieces[index].Start + _pieces[index].Bytes.Length;

    private int IndexOfFirstEndingAfter(long offset)
    {
        int low = _taken;
        int high = _pieces.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = EndOf(middle) <= offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
