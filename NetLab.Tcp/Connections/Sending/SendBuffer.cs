using System.Buffers;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Connections.Sending;

/// <summary>
/// The bytes written and not yet acknowledged, seen where they stand in the application's pipe: nothing is copied
/// before it goes into a datagram, and the pipe keeps them until they are acknowledged.
/// </summary>
internal sealed class SendBuffer
{
    private ReadOnlySequence<byte> _bytes;

    // The block that the last copy came from: segments are sent one behind the other, and a sequence can only be walked from its
    // front.
    private ReadOnlyMemory<byte> _block;
    private SequencePosition _blockPosition;
    private long _blockStart;

    /// <summary>Stream offset of the first byte; the first byte of a stream is at 1, behind the SYN.</summary>
    public long Start { get; private set; } = 1;

    /// <summary>Stream offset behind the last byte.</summary>
    public long End { get; private set; } = 1;

    /// <summary>Sees all there is now.</summary>
    /// <param name="bytes">Everything unacknowledged, from <see cref="Start"/> on; never shorter than before.</param>
    public void Supply(ReadOnlySequence<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, End - Start);

        // What begins in the same place is the same memory with more behind it, and the place of the last copy is where it was: to walk there
        // from the front after every write would cost a large buffer its square.
        if (_bytes.IsEmpty || !_bytes.Start.Equals(bytes.Start))
        {
            _block = default;
        }

        _bytes = bytes;
        End = Start + bytes.Length;
    }

    /// <summary>Lets go of bytes that were acknowledged.</summary>
    /// <param name="offset">Stream offset of the first byte that was not.</param>
    /// <returns>How many bytes were let go of.</returns>
    public long Release(long offset)
    {
        long bytes = Math.Clamp(offset - Start, 0, End - Start);
        if (bytes > 0)
        {
            _bytes = _bytes.Slice(bytes);
            Start += bytes;
            if (Start == End)
            {
                // The pipe has these blocks back: they must not be held alive from here.
                (_bytes, _block, _blockPosition) = (default, default, default);
            }
        }

        return bytes;
    }

    /// <summary>Copies bytes into a datagram.</summary>
    /// <param name="offset">Stream offset of the first.</param>
    /// <param name="destination">Takes as many as it is long.</param>
    /// <returns>Their sum, for the checksum (<see cref="InternetChecksum"/>).</returns>
    public ulong CopyTo(long offset, Span<byte> destination)
    {
        long at = offset - _blockStart;
        if (at < 0 || at + destination.Length > _block.Length)
        {
            Locate(offset);
            at = 0;
        }

        if (at + destination.Length <= _block.Length)
        {
            // Nearly always: blocks are larger than segments.
            return InternetChecksum.CopyAndSum(_block.Span.Slice((int)at, destination.Length), destination);
        }

        _bytes.Slice(_blockPosition, destination.Length).CopyTo(destination);
        return InternetChecksum.Sum(destination, 0);
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear() => (_bytes, _block, End) = (default, default, Start);

    // From the block before, if nothing of it has been let go of.
    private void Locate(long offset)
    {
        _blockPosition = !_block.IsEmpty && _blockStart >= Start && _blockStart <= offset
            ? _bytes.GetPosition(offset - _blockStart, _blockPosition)
            : _bytes.GetPosition(offset - Start);
        _blockStart = offset;
        SequencePosition next = _blockPosition;
        while (_bytes.TryGet(ref next, out _block) && _block.IsEmpty)
        {
            // A position at the very end of a block is the beginning of the next.
            _blockPosition = next;
        }
    }
}
