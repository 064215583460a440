using System.Buffers;

namespace NetLab.Tcp.Protocol.Sending;

/// <summary>
/// The bytes written and not yet acknowledged, seen where they stand in the application's pipe: nothing is copied
/// before it goes into a datagram, and the pipe keeps them until they are acknowledged.
/// </summary>
internal sealed class SendBuffer
{
    private ReadOnlySequence<byte> _bytes;

    // Where the last copy ended: segments are sent one behind the other, and a sequence can only be walked from its front.
    private SequencePosition _cursor;
    private long _cursorOffset;

    /// <summary>Stream offset of the first byte; the first byte of a stream is at 1, behind the SYN.</summary>
    public long Start { get; private set; } = 1;

    /// <summary>Stream offset behind the last byte.</summary>
    public long End => Start + _bytes.Length;

    /// <summary>Sees all there is now.</summary>
    /// <param name="bytes">Everything unacknowledged, from <see cref="Start"/> on; never shorter than before.</param>
    public void Supply(ReadOnlySequence<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, _bytes.Length);
        _bytes = bytes;
        _cursorOffset = 0;
    }

    /// <summary>Lets go of bytes that were acknowledged.</summary>
    /// <param name="offset">Stream offset of the first byte that was not.</param>
    /// <returns>How many bytes were let go of.</returns>
    public long Release(long offset)
    {
        long bytes = Math.Clamp(offset - Start, 0, _bytes.Length);
        if (bytes > 0)
        {
            _bytes = _bytes.Slice(bytes);
            Start += bytes;
        }

        return bytes;
    }

    /// <summary>Copies bytes into a datagram.</summary>
    /// <param name="offset">Stream offset of the first.</param>
    /// <param name="destination">Takes as many as it is long.</param>
    public void CopyTo(long offset, Span<byte> destination)
    {
        // A cursor at the very start may stand at the end of a block that has been let go of.
        SequencePosition from = _cursorOffset > Start && _cursorOffset <= offset
            ? _bytes.GetPosition(offset - _cursorOffset, _cursor)
            : _bytes.GetPosition(offset - Start);
        ReadOnlySequence<byte> bytes = _bytes.Slice(from, destination.Length);
        bytes.CopyTo(destination);
        (_cursor, _cursorOffset) = (bytes.End, offset + destination.Length);
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear() => (_bytes, _cursorOffset) = (default, 0);
}
