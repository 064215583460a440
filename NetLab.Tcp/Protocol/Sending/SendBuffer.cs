using System.Buffers;
using NetLab.Tcp.Segments;

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

    // What the block there still holds; nothing once more has been supplied.
    private ReadOnlyMemory<byte> _rest;

    /// <summary>Stream offset of the first byte; the first byte of a stream is at 1, behind the SYN.</summary>
    public long Start { get; private set; } = 1;

    /// <summary>Stream offset behind the last byte.</summary>
    public long End { get; private set; } = 1;

    /// <summary>Sees all there is now.</summary>
    /// <param name="bytes">Everything unacknowledged, from <see cref="Start"/> on; never shorter than before.</param>
    public void Supply(ReadOnlySequence<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes.Length, End - Start);
        _bytes = bytes;
        End = Start + bytes.Length;
        (_cursorOffset, _rest) = (0, default);
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
        }

        return bytes;
    }

    /// <summary>Copies bytes into a datagram.</summary>
    /// <param name="offset">Stream offset of the first.</param>
    /// <param name="destination">Takes as many as it is long.</param>
    /// <returns>Their sum, for the checksum (<see cref="InternetChecksum"/>).</returns>
    public ulong CopyTo(long offset, Span<byte> destination)
    {
        if (offset == _cursorOffset && offset > Start && _rest.Length > destination.Length)
        {
            ReadOnlySpan<byte> next = _rest.Span[..destination.Length];
            _rest = _rest[destination.Length..];
            _cursor = new SequencePosition(_cursor.GetObject(), _cursor.GetInteger() + destination.Length);
            _cursorOffset += destination.Length;
            return InternetChecksum.CopyAndSum(next, destination);
        }

        // A cursor at the very start may stand at the end of a block that has been let go of.
        SequencePosition at = _cursorOffset > Start && _cursorOffset <= offset
            ? offset == _cursorOffset ? _cursor : _bytes.GetPosition(offset - _cursorOffset, _cursor)
            : _bytes.GetPosition(offset - Start);
        _cursorOffset = offset + destination.Length;
        if (_bytes.TryGet(ref at, out ReadOnlyMemory<byte> block, advance: false) && block.Length > destination.Length)
        {
            _rest = block[destination.Length..];
            _cursor = new SequencePosition(at.GetObject(), at.GetInteger() + destination.Length);
            return InternetChecksum.CopyAndSum(block.Span[..destination.Length], destination);
        }

        ReadOnlySequence<byte> bytes = _bytes.Slice(at, destination.Length);
        bytes.CopyTo(destination);
        (_cursor, _rest) = (bytes.End, default);
        return InternetChecksum.Sum(destination, 0);
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear() => (_bytes, _cursorOffset, _rest, End) = (default, 0, default, Start);
}
