namespace NetLab.Host.Streams;

/// <summary>
/// What is read from a pipe or a terminal, by name or as standard input. To open and to read such a thing waits for whoever writes it, in
/// a call of the system that cannot be cancelled; what waits for that call here can.
/// </summary>
/// <param name="inner">The stream, which blocks; this one's from now on.</param>
internal sealed class BlockingInput(Stream inner) : Stream
{
    // The call that was given up goes on, and what it reads must not land in memory that its reader has left.
    private readonly byte[] _own = new byte[64 << 10];

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Standard input.</summary>
    public static Stream OpenStandardInput() => new BlockingInput(Console.OpenStandardInput());

    /// <summary>Opens a file: as it is where it can be sought in, else as one whose reader can give up.</summary>
    /// <param name="path">The file, which may be a pipe that nobody writes yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static async Task<Stream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        FileStream file = await Task.Run(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), CancellationToken.None)
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        return file.CanSeek ? file : new BlockingInput(file);
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int most = Math.Min(buffer.Length, _own.Length);
        int read = await Task.Run(() => inner.Read(_own, 0, most), CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        _own.AsMemory(0, read).CopyTo(buffer);
        return read;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
