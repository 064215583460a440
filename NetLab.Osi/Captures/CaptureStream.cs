using System.Buffers.Binary;
using System.IO.Compression;
using ZstdSharp;

namespace NetLab.Osi.Captures;

/// <summary>
/// A stream read through a buffer that grows to the largest record asked for, and knows its position. What is compressed
/// with gzip (RFC 1952) or Zstandard (RFC 8878) is decompressed as it is read; positions then count decompressed bytes.
/// </summary>
internal sealed class CaptureStream : IDisposable
{
    private const uint ZstandardMagic = 0xFD2F_B528;

    private readonly Stream _file;
    private Stream _stream;
    private byte[] _buffer = new byte[256 << 10];
    private int _start;
    private int _end;

    public CaptureStream(Stream stream)
    {
        _file = _stream = stream;
        if (!TryPeek(4, out ReadOnlySpan<byte> magic))
        {
            return;
        }

        if (magic[0] == 0x1F && magic[1] == 0x8B)
        {
            Decompress(s => new GZipStream(s, CompressionMode.Decompress));
        }
        else if (BinaryPrimitives.ReadUInt32LittleEndian(magic) == ZstandardMagic)
        {
            Decompress(s => new DecompressionStream(s));
        }
    }

    /// <summary>Why the compressed bytes cannot be read further; null if nothing is wrong with them.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether positions are those of a file that can be read again.</summary>
    public bool IsPlainFile => _stream == _file && _file.CanSeek;

    /// <summary>Whether what follows comes as it is made: through a pipe, and not from a file.</summary>
    public bool IsLive => !_file.CanSeek;

    /// <summary>What was read and not taken yet; valid until the next call.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

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

    public void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
    }

    // What was read to look at stands before the rest of the file.
    private void Decompress(Func<Stream, Stream> open)
    {
        byte[] head = _buffer[_start.._end];
        (_start, _end) = (0, 0);
        _stream = open(new ConcatenatedStream(head, _file));
    }

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

        int read = Read();
        _end += read;
        return read > 0;
    }

    private int Read()
    {
        try
        {
            return Failure is null ? _stream.Read(_buffer, _end, _buffer.Length - _end) : 0;
        }
        catch (Exception error) when (_stream != _file && error is InvalidDataException or EndOfStreamException or ZstdException)
        {
            Failure = $"the compressed file is cut short or damaged: {error.Message}";
            return 0;
        }
    }
}
