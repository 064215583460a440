using System.Numerics;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>
/// Segments in the order of the stream: a ring that grows at the end and shrinks at the front. A value, so that its owner has no second step
/// to a segment; never copied.
/// </summary>
internal struct SegmentRing()
{
    // Most connections are idle most of the time: room for a request, and more when more is sent.
    private const int MinRoom = 4;

    private SentSegment[] _ring = [];
    private int _head;

    /// <summary>How many segments there are.</summary>
    public int Count { get; private set; }

    /// <summary>A segment by position, from the oldest.</summary>
    public readonly ref SentSegment this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
            return ref _ring[(_head + index) & (_ring.Length - 1)];
        }
    }

    /// <summary>Has room for so many more: <see cref="AddLast"/> moves none of them then.</summary>
    public void Reserve(int more)
    {
        while (Count + more > _ring.Length)
        {
            var larger = new SentSegment[Math.Max(MinRoom, _ring.Length * 2)];
            for (int i = 0; i < Count; i++)
            {
                larger[i] = this[i];
            }

            (_ring, _head) = (larger, 0);
        }
    }

    /// <summary>Adds a segment, whose fields are what another left there: all of them are the caller's to set. There has to be room.</summary>
    public ref SentSegment AddLast() => ref _ring[(_head + Count++) & (_ring.Length - 1)];

    /// <summary>Makes room behind a segment for a copy of it.</summary>
    public void Repeat(int index)
    {
        Reserve(1);
        Count++;
        for (int i = Count - 1; i > index; i--)
        {
            this[i] = this[i - 1];
        }
    }

    /// <summary>Removes the oldest.</summary>
    public void RemoveFirst(int count)
    {
        _head = (_head + count) & (_ring.Length - 1);
        Count -= count;
    }

    /// <summary>How many of the oldest segments end at or before an offset.</summary>
    public readonly int CountUpTo(long offset)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = this[middle].End <= offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The position of the first segment that starts at or after an offset; <see cref="Count"/> if none does.</summary>
    public readonly int IndexOf(long offset)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = this[middle].Start < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Has these segments and no others.</summary>
    public void Replace(List<SentSegment> segments)
    {
        _ring = new SentSegment[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(MinRoom, segments.Count))];
        segments.CopyTo(_ring);
        (_head, Count) = (0, segments.Count);
    }

    /// <summary>Has none, and no room.</summary>
    public void Clear() => (_ring, _head, Count) = ([], 0, 0);
}
