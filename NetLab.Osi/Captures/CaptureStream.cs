namespace NetLab.Osi.Captures;

/// <summary>A stream read through a buffer that grows to the largest record asked for, and knows its position.</summary>
internal sealed class CaptureStream(Stream stream) : IDisposable
{
    private byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    /// <summary>Bytes taken so far: the position of the next record in the file.</summary>
    public long Position { get; private set; }

    /// <summary>Looks at the next bytes without taking them.</summary>
    /// <param name="count">How many.</param>
    /// <param name="bytes">They, or what is left when the file ends before; valid until the next call.</param>
    public bool TryPeek(int count, out ReadOnlySpan<byte> bytes)
    {
        while (_end - _start < count && Fill())
        {
        }

        bytes = _buffer.AsSpan(_start, Math.Min(count, _end - _start));
        return bytes.Length == count;
    }

    /// <summary>Takes bytes that were looked at.</summary>
    public void Take(int count)
    {
        _start += count;
        Position += count;
    }

    /// <summary>Passes over bytes without keeping them.</summary>
    public bool TrySkip(long count)
    {
        while (count > 0)
        {
            if (_start == _end && !Fill())
            {
                return false;
            }

            int step = (int)Math.Min(count, _end - _start);
            Take(step);
            count -= step;
        }

        return true;
    }

    public void Dispose() => stream.Dispose();

    private bool Fill()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            // Doubled as bytes really arrive: a length that lies does not become an allocation.
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
