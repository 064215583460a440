using System.Security.Cryptography;

namespace NetLab.Osi.Session;

/// <summary>
/// One direction of a TCP stream put back in order. Where segments overlap, what came first in the file stays. A hole is
/// passed over once the other side has acknowledged what lies behind it, or more than <see cref="MaxPending"/> waits there:
/// what is missing then is missing in the capture alone. Sums are kept up to the first hole that was passed over.
/// </summary>
public sealed class TcpStreamDirection
{
    /// <summary>Bytes that may wait behind a hole: the largest window that is common.</summary>
    public const int MaxPending = PendingBytes.MaxBytes;

    private static readonly byte[] HashOfNothing = SHA256.HashData([]);

    private IncrementalHash? _hash;
    private PendingBytes? _pending;
    private byte[]? _final;
    private uint _first;
    private long _next;
    private long _summed;
    private long _highest;
    private long _acknowledged;
    private long _finAt = -1;
    private bool _hasFirst;
    private bool _wasCut;
    private bool _isEnded;
    private bool _hasSkipped;

    /// <summary>Packets seen in this direction.</summary>
    public long Packets { get; internal set; }

    /// <summary>Bytes of the packets seen in this direction, as on the wire.</summary>
    public long WireBytes { get; internal set; }

    /// <summary>Bytes in order, up to the first hole.</summary>
    public long Bytes => _summed;

    /// <summary>Bytes that are missing in the capture, of holes that were passed over.</summary>
    public long MissingBytes { get; private set; }

    /// <summary>Whether bytes lie beyond a hole, or were cut by the capture.</summary>
    public bool HasGap => _pending is { IsEmpty: false } || _wasCut || _hasSkipped;

    /// <summary>SHA-256 of the bytes in order, in hexadecimal; of nothing when hashes are not kept.</summary>
    public string Sha256 => Convert.ToHexStringLower(Hash);

    internal bool FinSeen { get; set; }

    /// <summary>The sequence number that the first packet seen stands for, by which relative ones count; null before it.</summary>
    internal uint? BaseSequence { get; private set; }

    internal TcpAnalysis? Analysis { get; set; }

    internal ReadOnlySpan<byte> Hash => _final ?? (_hash is null ? HashOfNothing : _hash.GetCurrentHash());

    /// <summary>A packet was seen: a SYN stands for the number before the first byte, any other for its own first byte.</summary>
    internal void NoteSequence(uint sequence, bool isSyn) => BaseSequence ??= isSyn ? sequence : sequence - 1;

    /// <summary>The other side acknowledged all before a number.</summary>
    internal void Acknowledge(uint number)
    {
        BaseSequence ??= number - 1;
        if (_hasFirst)
        {
            _acknowledged = Math.Max(_acknowledged, Unwrap(number));
        }
    }

    /// <summary>The hole that is to be passed over now: how many bytes are missing in it; 0 if there is none.</summary>
    internal long Hole
    {
        get
        {
            if (_isEnded || !_hasFirst)
            {
                return 0;
            }

            long end = _pending is { IsEmpty: false } ? _pending.FirstStart : _finAt;
            return end > _next && (_acknowledged >= end || _pending is { IsFull: true }) ? end - _next : 0;
        }
    }

    /// <summary>Passes over a hole.</summary>
    internal void Skip(long bytes, HashPool pool)
    {
        Finish(pool);
        _hasSkipped = true;
        MissingBytes += bytes;
        _next += bytes;
    }

    /// <summary>A SYN says where the bytes begin, unless some were taken already.</summary>
    internal void Begin(uint initialSequence)
    {
        if (!_hasFirst || (_next == 0 && _pending is null))
        {
            (_first, _hasFirst) = (initialSequence + 1, true);
        }
    }

    /// <summary>
    /// A SYN whose number is another than what was seen before it: relative numbers count from it. If no byte was taken,
    /// what was seen was no part of this connection, and neither was its FIN.
    /// </summary>
    /// <returns>Whether nothing of what was seen is kept.</returns>
    internal bool Restart(uint initialSequence)
    {
        BaseSequence = initialSequence;
        if (_next > 0 || _pending is not null)
        {
            return false;
        }

        (_hasFirst, _finAt, _isEnded, FinSeen, _highest, _acknowledged) = (false, -1, false, false, 0, 0);
        return true;
    }

    /// <summary>Without a SYN the first segment seen says where the bytes begin, whether it has any or not.</summary>
    internal void BeginAt(uint sequence)
    {
        if (!_hasFirst)
        {
            (_first, _hasFirst) = (sequence, true);
        }
    }

    /// <summary>Whether a range lies wholly in what was sent before.</summary>
    internal bool IsRepeat(uint sequence, int length) => length > 0 && _hasFirst && Unwrap(sequence) + length <= _highest;

    /// <summary>Whether all bytes up to the FIN were taken.</summary>
    internal bool IsComplete => !_isEnded && _finAt == _next;

    /// <summary>A FIN says where the bytes end.</summary>
    internal void EndAt(uint sequence) => _finAt = Unwrap(sequence);

    /// <summary>Takes a segment's bytes.</summary>
    /// <param name="sequence">Sequence number of the first.</param>
    /// <param name="bytes">As captured.</param>
    /// <param name="claimed">How many there were on the wire.</param>
    /// <param name="pool">Where the SHA-256 is computed; null if it is not kept.</param>
    /// <param name="segment">The segment, whose stream holds what must wait.</param>
    /// <returns>Those of them that are now in order; more may follow from <see cref="TryTakePending"/>.</returns>
    internal ReadOnlySpan<byte> Take(uint sequence, ReadOnlySpan<byte> bytes, int claimed, HashPool? pool, in StreamSegment segment)
    {
        BeginAt(sequence);
        if (claimed == 0 || _isEnded)
        {
            return default;
        }

        long start = Unwrap(sequence);
        _highest = Math.Max(_highest, start + claimed);
        _wasCut |= bytes.Length < claimed;
        if (start < _next)
        {
            long known = _next - start;
            if (known >= bytes.Length)
            {
                return default;
            }

            bytes = bytes[(int)known..];
            start = _next;
        }

        if (start == _next)
        {
            if (_pending is { IsEmpty: false })
            {
                // What waits came before in the file: where it overlaps, it stays.
                int free = (int)Math.Min(bytes.Length, _pending.FirstStart - start);
                _wasCut |= !_pending.Keep(start + free, bytes[free..], segment);
                bytes = bytes[..free];
            }

            Deliver(bytes, pool);
            return bytes;
        }

        _pending ??= new PendingBytes();
        _wasCut |= !_pending.Keep(start, bytes, segment);
        return default;
    }

    /// <summary>What waited behind a hole that is closed now.</summary>
    internal bool TryTakePending(out byte[] bytes, HashPool? pool, in StreamSegment segment)
    {
        if (_pending is null || !_pending.TryTake(_next, out bytes))
        {
            bytes = [];
            return false;
        }

        segment.Release(PendingBytes.CostOf(bytes.Length));
        Deliver(bytes, pool);
        return true;
    }

    /// <summary>No more bytes are taken, and what was needed to take them is let go of: after a FIN in order, nothing can follow.</summary>
    internal void End(HashPool pool)
    {
        Finish(pool);
        _wasCut = HasGap;
        (_pending, _isEnded) = (null, true);
    }

    /// <summary>Gives up what waits behind a hole.</summary>
    internal void GiveUp()
    {
        _wasCut = HasGap;
        _pending = null;
    }

    /// <summary>Keeps the sums alone.</summary>
    internal void Retire(HashPool pool, SegmentRoom room)
    {
        End(pool);
        Analysis?.Clear(room);
        Analysis = null;
    }

    private long Unwrap(uint sequence)
    {
        // Near the newest byte seen: a stream may be longer than 4 GiB.
        uint expected = unchecked(_first + (uint)_next);
        return _next + unchecked((int)(sequence - expected));
    }

    private void Deliver(ReadOnlySpan<byte> bytes, HashPool? pool)
    {
        _next += bytes.Length;
        if (_hasSkipped)
        {
            return;
        }

        _summed = _next;
        if (pool is not null && !bytes.IsEmpty)
        {
            _hash ??= pool.Begin();
            _hash.AppendData(bytes);
        }
    }

    private void Finish(HashPool pool)
    {
        if (_hash is not null)
        {
            _final = pool.Finish(_hash);
            _hash = null;
        }
    }
}
