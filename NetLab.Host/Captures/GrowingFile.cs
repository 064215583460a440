namespace NetLab.Host.Captures;

/// <summary>A file that another program is still writing, read as a pipe is: at its end, what is written next is waited for.</summary>
/// <param name="path">The file.</param>
/// <param name="cancellationToken">Ends it: the end that the file has then is its end.</param>
internal sealed class GrowingFile(string path, CancellationToken cancellationToken) : Stream
{
    // A person who watches packets sees no difference to at once.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);

    public override bool CanRead => true;

    /// <inheritdoc/>
    /// <remarks>Whoever reads a stream that cannot seek hands on at once what has come.</remarks>
    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            int read = _file.Read(buffer);
            if (read > 0 || buffer.IsEmpty)
            {
                return read;
            }

            if (_file.Length < _file.Position)
            {
                throw new InvalidDataException("the file has become shorter than it was");
            }

            if (cancellationToken.WaitHandle.WaitOne(Pause))
            {
                return 0;
            }
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
