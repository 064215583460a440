namespace NetLab.Host.Settings;

/// <summary>
/// A file that a command is to write. It is opened at once, so that one which cannot be written is known before anything is done; but what an older file
/// of its name holds is only gone, and a new one only stays, once there is something to write: a command that is refused, or fails before it has begun,
/// leaves things as they were. Safe for use by several threads.
/// </summary>
internal sealed class OutputFile : Stream
{
    private const int BufferSize = 64 << 10;

    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly bool _isNew;
    private readonly bool _holdsBack;
    private MemoryStream? _held = new();

    private OutputFile(string path, bool holdsBack)
    {
        _isNew = !File.Exists(path);
        _holdsBack = holdsBack;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, BufferSize);
    }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Opens one.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">The file.</param>
    /// <param name="holdsBack">Whether what is written waits for <see cref="Begin"/>, as a heading does; else the first byte begins the file.</param>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public static OutputFile Open(string option, string path, bool holdsBack = false)
    {
        OutputPath.Check(path, option);
        try
        {
            return new OutputFile(path, holdsBack);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{option} '{path}': {OutputPath.Why(path, error)}");
        }
    }

    /// <summary>There is something to write: from now on the file is what was written here.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            if (_held is not { } held)
            {
                return;
            }

            _held = null;
            // What is no file of a disk has no length, and none is to be set.
            if (_file.CanSeek && _file.Length > 0)
            {
                _file.SetLength(0);
            }

            _file.Write(held.GetBuffer(), 0, (int)held.Length);
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            if (_held is { } held && _holdsBack)
            {
                held.Write(buffer);
                return;
            }

            if (buffer.Length > 0)
            {
                Begin();
                _file.Write(buffer);
            }
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        lock (_lock)
        {
            if (_held is null)
            {
                _file.Flush();
            }
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                _file.Dispose();
                if (_held is not null && _isNew)
                {
                    _held = null;
                    File.Delete(_file.Name);
                }
            }
        }

        base.Dispose(disposing);
    }
}
