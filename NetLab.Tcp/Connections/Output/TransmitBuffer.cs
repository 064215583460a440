using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Connections.Output;

/// <summary>
/// The batch that is being built: segments back to back, of one size and one ECN field, as the kernel cuts it into datagrams. A larger
/// segment, or one marked otherwise, begins the next batch; a smaller one ends this.
/// </summary>
internal ref struct TransmitBuffer
{
    private readonly Span<byte> _buffer;
    private readonly int _maxSegments;
    private int _written;
    private int _count;
    private int _segmentSize;
    private EcnCodepoint _ecn;
    private bool _hasShorter;

    /// <summary>Begins with nothing.</summary>
    /// <param name="buffer">Where the segments go.</param>
    /// <param name="maxSegments">How many at most.</param>
    public TransmitBuffer(Span<byte> buffer, int maxSegments)
    {
        _buffer = buffer;
        _maxSegments = maxSegments;
    }

    /// <summary>Whether there is no segment in it.</summary>
    public readonly bool IsEmpty => _count == 0;

    /// <summary>Whether it takes no further segment, whatever its size.</summary>
    public readonly bool IsFull => _hasShorter || _count >= _maxSegments;

    /// <summary>The ECN field of its segments' IP headers.</summary>
    public readonly EcnCodepoint Ecn => _ecn;

    /// <summary>What it comes to.</summary>
    public readonly TransmitResult Result => new(_written, _segmentSize) { Ecn = _ecn };

    /// <summary>How many further segments of a size it takes.</summary>
    public readonly int RoomFor(int size) => IsFull ? 0 : Math.Min(_maxSegments - _count, (_buffer.Length - _written) / size);

    /// <summary>Whether it takes a segment.</summary>
    /// <param name="size">Bytes of its header and payload.</param>
    /// <param name="ecn">The ECN field of its IP header.</param>
    public readonly bool Accepts(int size, EcnCodepoint ecn) =>
        !IsFull && _written + size <= _buffer.Length && (_count == 0 || (size <= _segmentSize && ecn == _ecn));

    /// <summary>Appends a segment that <see cref="Accepts"/> allows.</summary>
    /// <param name="size">Bytes of its header and payload.</param>
    /// <param name="ecn">The ECN field of its IP header.</param>
    /// <returns>Where it is to be written.</returns>
    public Span<byte> Append(int size, EcnCodepoint ecn)
    {
        if (_count == 0)
        {
            (_segmentSize, _ecn) = (size, ecn);
        }

        Span<byte> segment = _buffer.Slice(_written, size);
        _written += size;
        _count++;
        _hasShorter = size < _segmentSize;
        return segment;
    }
}
