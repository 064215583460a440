using System.Buffers;

namespace NetLab.Tcp.Connections.Receiving;

/// <summary>
/// Puts a stream back in order: what is next goes straight to the sink, what is out of order is kept until the hole before it
/// is filled. Where segments overlap, the bytes that came first stay.
/// </summary>
internal sealed class Reassembler
{
    /// <summary>
    /// Out-of-order ranges kept at once. A window of 4 MiB in segments of 1,400 bytes with every other one lost has
    /// 1,500; what would make one more is dropped as if it had been lost, so ranges of a byte cannot buy time or memory.
    /// </summary>
    public const int MaxRanges = 4096;

    // Out-of-order bytes lie in pieces of memory of this size, each at its place in the stream: however small the segments and whatever
    // their order, they take no more memory than the window; and a single byte takes no more than a small segment would.
    private const int ChunkSize = 256;

    // What the table, the set of ranges and the memory's own header need for a piece.
    private const int ChunkOverhead = 96;

    // A table that a large hole has made larger than this is given back when the hole is filled.
    private const int MaxIdleTable = 1024;

    private readonly Dictionary<long, byte[]> _chunks = [];
    private readonly RangeSet _ranges = new();

    /// <summary>Stream offset of the next byte the sink will get.</summary>
    public long Next { get; private set; } = 1;

    /// <summary>Whether out-of-order bytes are waiting for a hole to be filled.</summary>
    public bool HasOutOfOrder => _ranges.Count > 0;

    /// <summary>How many out-of-order bytes there are.</summary>
    public long EarlyBytes { get; private set; }

    /// <summary>Bytes of memory they take, with what the table needs for them.</summary>
    public long HeldBytes => (long)_chunks.Count * (ChunkSize + ChunkOverhead);

    /// <summary>Takes bytes wherever they belong.</summary>
    /// <param name="offset">Stream offset of the first byte.</param>
    /// <param name="bytes">The bytes; those before <see cref="Next"/> or at and beyond <paramref name="limit"/> are ignored.</param>
    /// <param name="limit">Stream offset behind the last byte there is room for.</param>
    /// <param name="sink">Gets what is now in order; null to keep even that as out of order.</param>
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

        int taken = 0;
        if (sink is not null && offset == Next && !bytes.IsEmpty)
        {
            // Up to the first range the bytes are in order: they need not be kept.
            taken = _ranges.Count > 0 ? (int)Math.Min(bytes.Length, _ranges[0].Start - Next) : bytes.Length;
            sink.Accept(bytes[..taken]);
            for (long passed = Next / ChunkSize; passed < (Next + taken) / ChunkSize && _chunks.Count > 0; passed++)
            {
                Free(passed);
            }

            Next += taken;
            offset += taken;
            bytes = bytes[taken..];
            if (bytes.IsEmpty && _ranges.Count == 0)
            {
                return taken;
            }
        }

        taken += Store(offset, bytes);
        if (sink is not null)
        {
            Deliver(sink);
        }

        return taken;
    }

    /// <summary>Hands the sink every byte that is in order by now.</summary>
    public void Deliver(IByteSink sink)
    {
        if (_ranges.Count == 0 || _ranges[0].Start > Next)
        {
            return;
        }

        long end = _ranges[0].End;
        while (Next < end)
        {
            long index = Next / ChunkSize;
            int from = (int)(Next % ChunkSize);
            int length = (int)Math.Min(end - Next, ChunkSize - from);
            sink.Accept(_chunks[index].AsSpan(from, length));
            Next += length;
            EarlyBytes -= length;
            if (Next % ChunkSize == 0)
            {
                Free(index);
            }
        }

        _ranges.RemoveBefore(Next);
        if (_ranges.Count == 0)
        {
            Free(Next / ChunkSize);
            if (_chunks.EnsureCapacity(0) > MaxIdleTable)
            {
                _chunks.TrimExcess();
            }
        }
    }

    /// <summary>Whether every byte of a range has been received, in order or not; an empty range has none.</summary>
    public bool Contains(long start, long end)
    {
        if (start >= end)
        {
            return false;
        }

        start = Math.Max(start, Next);
        return start >= end || (_ranges.TryFind(start, out _, out long rangeEnd) && rangeEnd >= end);
    }

    /// <summary>The first part of a range that has been received before: what a D-SACK reports of it (RFC 2883, 4).</summary>
    public bool TryFindReceived(long start, long end, out long partStart, out long partEnd)
    {
        if (start < Next)
        {
            (partStart, partEnd) = (start, Math.Min(Next, end));
            return partStart < partEnd;
        }

        (partStart, partEnd) = (start, start);
        bool isReceived = false;
        while (partEnd < end && !isReceived)
        {
            (partStart, partEnd) = (partEnd, _ranges.NextChange(partEnd, end, out isReceived));
        }

        return isReceived;
    }

    /// <summary>The out-of-order range around an offset.</summary>
    public bool TryFindRange(long offset, out long start, out long end) => _ranges.TryFind(offset, out start, out end);

    /// <summary>Forgets all out-of-order bytes.</summary>
    public void Clear()
    {
        foreach (byte[] chunk in _chunks.Values)
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        _chunks.Clear();
        _chunks.TrimExcess();
        _ranges.Clear();
        EarlyBytes = 0;
    }

    private int Store(long offset, ReadOnlySpan<byte> bytes)
    {
        long end = offset + bytes.Length;
        if (bytes.IsEmpty || (_ranges.Count >= MaxRanges && !_ranges.Touches(offset, end)))
        {
            return 0;
        }

        int stored = 0;
        for (long at = offset; at < end;)
        {
            long part = _ranges.NextChange(at, end, out bool isHeld);
            if (!isHeld)
            {
                Write(at, bytes[(int)(at - offset)..(int)(part - offset)]);
                stored += (int)(part - at);
            }

            at = part;
        }

        _ranges.Add(offset, end);
        EarlyBytes += stored;
        return stored;
    }

    private void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            long index = offset / ChunkSize;
            int from = (int)(offset % ChunkSize);
            int length = Math.Min(bytes.Length, ChunkSize - from);
            if (!_chunks.TryGetValue(index, out byte[]? chunk))
            {
                _chunks.Add(index, chunk = ArrayPool<byte>.Shared.Rent(ChunkSize));
            }

            bytes[..length].CopyTo(chunk.AsSpan(from));
            bytes = bytes[length..];
            offset += length;
        }
    }

    private void Free(long index)
    {
        if (_chunks.Remove(index, out byte[]? chunk))
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
