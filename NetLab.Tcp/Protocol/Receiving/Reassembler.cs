using System.Buffers;

namespace NetLab.Tcp.Protocol.Receiving;

/// <summary>
/// Puts a stream back in order: what is next goes straight to the sink, what is early is kept until the hole before it
/// is filled. Where segments overlap, the bytes that came first stay.
/// </summary>
internal sealed class Reassembler
{
    /// <summary>
    /// Early pieces kept at once. A window of 1 MiB in segments of 1,400 bytes has 750; what exceeds the bound is
    /// dropped as if it had been lost, so one-byte segments cannot buy memory.
    /// </summary>
    public const int MaxPieces = 4096;

    // Sorted by offset, disjoint, none empty, all beyond Next.
    private readonly List<Piece> _pieces = [];

    /// <summary>Stream offset of the next byte the sink will get.</summary>
    public long Next { get; private set; } = 1;

    /// <summary>Whether early pieces are waiting for a hole to be filled.</summary>
    public bool HasPieces => _pieces.Count > 0;

    /// <summary>Bytes in the early pieces.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Takes bytes wherever they belong.</summary>
    /// <param name="offset">Stream offset of the first byte.</param>
    /// <param name="bytes">The bytes; those before <see cref="Next"/> or at and beyond <paramref name="limit"/> are ignored.</param>
    /// <param name="limit">Stream offset behind the last byte there is room for.</param>
    /// <param name="sink">Gets what is now in order; null to keep even that as an early piece.</param>
    /// <returns>How many of the bytes were new.</returns>
    public int Insert(long offset, ReadOnlySpan<byte> bytes, long limit, IByteSink? sink)
    {
        if (offset < Next)
        {
            bytes = bytes[(int)Math.Min(Next - offset, bytes.Length)..];
            offset = Next;
        }

        if (offset + bytes.Length > limit)
        {
            bytes = bytes[..(int)Math.Max(0, limit - offset)];
        }

        if (bytes.IsEmpty)
        {
            return 0;
        }

        if (sink is not null && offset == Next && _pieces.Count == 0)
        {
            sink.Accept(bytes);
            Next += bytes.Length;
            return bytes.Length;
        }

        int stored = Store(offset, bytes);
        if (sink is not null)
        {
            Deliver(sink);
        }

        return stored;
    }

    /// <summary>Hands the sink every piece that is in order by now.</summary>
    public void Deliver(IByteSink sink)
    {
        int delivered = 0;
        while (delivered < _pieces.Count && _pieces[delivered].Offset == Next)
        {
            Piece piece = _pieces[delivered++];
            sink.Accept(piece.Span);
            Next += piece.Length;
            PendingBytes -= piece.Length;
            ArrayPool<byte>.Shared.Return(piece.Bytes);
        }

        _pieces.RemoveRange(0, delivered);
    }

    /// <summary>Whether every byte of a range has been received, early or in order.</summary>
    public bool Contains(long start, long end)
    {
        start = Math.Max(start, Next);
        for (int i = IndexOfFirstEndingAfter(start); start < end; i++)
        {
            if (i >= _pieces.Count || _pieces[i].Offset > start)
            {
                return false;
            }

            start = _pieces[i].End;
        }

        return true;
    }

    /// <summary>The run of early bytes around an offset: adjoining pieces taken together.</summary>
    public bool TryFindRun(long offset, out long start, out long end)
    {
        (start, end) = (0, 0);
        int index = IndexOfFirstEndingAfter(offset);
        if (index >= _pieces.Count || _pieces[index].Offset > offset)
        {
            return false;
        }

        (start, end) = (_pieces[index].Offset, _pieces[index].End);
        for (int i = index - 1; i >= 0 && _pieces[i].End == start; i--)
        {
            start = _pieces[i].Offset;
        }

        for (int i = index + 1; i < _pieces.Count && _pieces[i].Offset == end; i++)
        {
            end = _pieces[i].End;
        }

        return true;
    }

    /// <summary>Forgets all early pieces.</summary>
    public void Clear()
    {
        foreach (Piece piece in _pieces)
        {
            ArrayPool<byte>.Shared.Return(piece.Bytes);
        }

        _pieces.Clear();
        PendingBytes = 0;
    }

    private int Store(long offset, ReadOnlySpan<byte> bytes)
    {
        int stored = 0;
        int index = IndexOfFirstEndingAfter(offset);
        while (!bytes.IsEmpty)
        {
            // Skip what the piece here already holds, then store up to where the next one begins.
            if (index < _pieces.Count && _pieces[index].Offset <= offset)
            {
                int held = (int)Math.Min(_pieces[index].End - offset, bytes.Length);
                offset += held;
                bytes = bytes[held..];
                index++;
                continue;
            }

            int room = index < _pieces.Count ? (int)Math.Min(_pieces[index].Offset - offset, bytes.Length) : bytes.Length;
            if (_pieces.Count >= MaxPieces && offset != Next)
            {
                return stored;
            }

            byte[] copy = ArrayPool<byte>.Shared.Rent(room);
            bytes[..room].CopyTo(copy);
            _pieces.Insert(index++, new Piece(offset, copy, room));
            PendingBytes += room;
            stored += room;
            offset += room;
            bytes = bytes[room..];
        }

        return stored;
    }

    private int IndexOfFirstEndingAfter(long offset)
    {
        int low = 0;
        int high = _pieces.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _pieces[middle].End <= offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private readonly record struct Piece(long Offset, byte[] Bytes, int Length)
    {
        public long End => Offset + Length;

        public ReadOnlySpan<byte> Span => Bytes.AsSpan(0, Length);
    }
}
