using System.Text;

namespace NetLab.Host.Rendering;

/// <summary>Text on its way to a terminal, line by line. Not for several threads at once.</summary>
/// <param name="output">Where it goes; stays the caller's.</param>
internal abstract class LineStream(Stream output) : Stream
{
    private readonly MemoryStream _line = new();
    private readonly StringBuilder _written = new();

    /// <inheritdoc/>
    public sealed override bool CanRead => false;

    /// <inheritdoc/>
    public sealed override bool CanSeek => false;

    /// <inheritdoc/>
    public sealed override bool CanWrite => true;

    /// <inheritdoc/>
    public sealed override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public sealed override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.IndexOf((byte)'\n') is >= 0 and var end)
        {
            _line.Write(buffer[..end]);
            buffer = buffer[(end + 1)..];
            Line(Encoding.UTF8.GetString(_line.GetBuffer().AsSpan(0, (int)_line.Length)));
            _line.SetLength(0);
        }

        _line.Write(buffer);
        WriteOut();
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        WriteOut();
        output.Flush();
    }

    /// <inheritdoc/>
    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>A line has come, without its end.</summary>
    protected abstract void Line(string line);

    /// <summary>Adds to what goes out.</summary>
    protected void Add(ReadOnlySpan<char> text) => _written.Append(text);

    private void WriteOut()
    {
        output.Write(Encoding.UTF8.GetBytes(_written.ToString()));
        _written.Clear();
    }
}
