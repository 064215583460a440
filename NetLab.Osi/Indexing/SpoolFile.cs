using Microsoft.Win32.SafeHandles;

namespace NetLab.Osi.Indexing;

/// <summary>
/// A temporary file that grows at its end and is read anywhere: one thread appends, any number read what was published. Gone when it is closed.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    private const int TailBytes = 256 << 10;

    private readonly SafeFileHandle _file;
    private readonly byte[] _tail = new byte[TailBytes];
    private long _written;
    private int _used;

    public SpoolFile()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
    }

    /// <summary>Bytes appended so far.</summary>
    public long Length => _written + _used;

    /// <summary>Bytes that readers may have.</summary>
    public long Published => Volatile.Read(ref _written);

    /// <summary>Appends bytes.</summary>
    /// <returns>Where they stand.</returns>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        long at = Length;
        while (bytes.Length > _tail.Length - _used)
        {
            int part = _tail.Length - _used;
            bytes[..part].CopyTo(_tail.AsSpan(_used));
            _used += part;
            bytes = bytes[part..];
            Publish();
        }

        bytes.CopyTo(_tail.AsSpan(_used));
        _used += bytes.Length;
        return at;
    }

    /// <summary>Lets readers have what was appended.</summary>
    public void Publish()
    {
        if (_used > 0)
        {
            RandomAccess.Write(_file, _tail.AsSpan(0, _used), _written);
            _written += _used;
            _used = 0;
        }
    }

    /// <summary>Reads bytes that were published.</summary>
    /// <exception cref="EndOfStreamException">There are not so many.</exception>
    public void Read(long position, Span<byte> bytes) => ReadAt(_file, position, bytes);

    /// <summary>Reads so many bytes of a file.</summary>
    /// <exception cref="EndOfStreamException">There are not so many.</exception>
    public static void ReadAt(SafeFileHandle file, long position, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(file, bytes, position);
            if (read == 0)
            {
                throw new EndOfStreamException("the file has become shorter than it was when it was read first");
            }

            bytes = bytes[read..];
            position += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
