using System.Security.Cryptography;

namespace NetLab.Osi.Session;

/// <summary>
/// One direction of a TCP stream put back in order. Where segments overlap, what came first in the file stays. Memory is
/// bounded: what waits behind a hole beyond <see cref="MaxPending"/> is given up, and the direction ends at the hole.
/// </summary>
public sealed class TcpStreamDirection
{
    /// <summary>Bytes that may wait behind a hole: the largest window that is common.</summary>
    public const int MaxPending = 4 << 20;

    // One-byte segments would make millions of pieces of as many bytes.
    private const int MaxPieces = 1 << 14;

    // Sorted by position, never overlapping.
    private readonly List<(long Start, byte[] Bytes)> _pending = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private uint? _first;
    private long _next;
    private long _highest;
    private long _pendingBytes;
    private bool _wasCut;
    private string? _final;

    /// <summary>Packets seen in this direction.</summary>
    public long Packets { get; internal set; }

    /// <summary>Bytes in order, up to the first hole.</summary>
    public long Bytes => _next;

    /// <summary>Whether bytes lie beyond a hole, or were cut by the capture.</summary>
    public bool HasGap => _pending.Count > 0 || _wasCut;

    /// <summary>SHA-256 of the bytes in order, in hexadecimal.</summary>
    public string Sha256 => _final ??= Convert.ToHexStringLower(_hash.GetCurrentHash());

    internal bool FinSeen { get; set; }

    internal delegate void ByteHandler(ReadOnlySpan<byte> bytes);

    /// <summary>A SYN says where the bytes begin.</summary>
    internal void Begin(uint initialSequence) => _first ??= initialSequence + 1;

    /// <summary>Without a SYN the first segment seen says where the bytes begin, whether it has any or not.</summary>
    internal void BeginAt(uint sequence) => _first ??= sequence;

    /// <summary>Whether a range lies wholly in what was sent before.</summary>
    internal bool IsRepeat(uint sequence, int length) => length > 0 && _first is not null && Unwrap(sequence) + length <= _highest;

    /// <summary>Takes a segment's bytes.</summary>
    /// <param name="sequence">Sequence number of the first.</param>
    /// <param name="bytes">As captured.</param>
    /// <param name="claimed">How many there were on the wire.</param>
    /// <param name="deliver">Gets what is now in order.</param>
    internal void Take(uint sequence, ReadOnlySpan<byte> bytes, int claimed, ByteHandler deliver)
    {
        _first ??= sequence;
        if (claimed == 0)
        {
            return;
        }

        long start = Unwrap(sequence);
        _highest = Math.Max(_highest, start + claimed);
        if (bytes.Length < claimed)
        {
            _wasCut |= start + claimed > _next;
        }

        if (start < _next)
        {
            long known = _next - start;
            if (known >= bytes.Length)
            {
                return;
            }

            bytes = bytes[(int)known..];
            start = _next;
        }

        if (start == _next && _pending.Count == 0)
        {
            Deliver(bytes, deliver);
        }
        else
        {
            Keep(start, bytes);
            DeliverPending(deliver);
        }
    }

    private long Unwrap(uint sequence)
    {
        // Near the newest byte seen: a stream may be longer than 4 GiB.
        uint expected = unchecked(_first!.Value + (uint)_next);
        return _next + unchecked((int)(sequence - expected));
    }

    private void Deliver(ReadOnlySpan<byte> bytes, ByteHandler deliver)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _hash.AppendData(bytes);
        _final = null;
        _next += bytes.Length;
        deliver(bytes);
    }

    private void Keep(long start, ReadOnlySpan<byte> bytes)
    {
        // Cut around the pieces that came before, so that those in the list never overlap.
        int index = IndexOfFirstEndingAfter(start);
        while (!bytes.IsEmpty)
        {
            if (index < _pending.Count && _pending[index].Start <= start)
            {
                long held = EndOf(index) - start;
                if (held >= bytes.Length)
                {
                    return;
                }

                bytes = bytes[(int)Math.Max(0, held)..];
                start += Math.Max(0, held);
                index++;
                continue;
            }

            int room = index < _pending.Count
                ? (int)Math.Min(_pending[index].Start - start, bytes.Length)
                : bytes.Length;
            if (_pendingBytes + room > MaxPending || _pending.Count >= MaxPieces)
            {
                _wasCut = true;
                return;
            }

            _pending.Insert(index++, (start, bytes[..room].ToArray()));
            _pendingBytes += room;
            start += room;
            bytes = bytes[room..];
        }
    }

    private void DeliverPending(ByteHandler deliver)
    {
        int delivered = 0;
        while (delivered < _pending.Count && _pending[delivered].Start == _next)
        {
            byte[] piece = _pending[delivered++].Bytes;
            _pendingBytes -= piece.Length;
            Deliver(piece, deliver);
        }

        _pending.RemoveRange(0, delivered);
    }

    private long EndOf(int index) => _pending[index].Start + _pending[index].Bytes.Length;

    private int IndexOfFirstEndingAfter(long offset)
    {
        int low = 0;
        int high = _pending.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = EndOf(middle) <= offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
