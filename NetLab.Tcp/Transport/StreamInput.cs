using System.IO.Pipelines;

namespace NetLab.Tcp.Transport;

/// <summary>Received bytes on their way from the loop to the application's reader.</summary>
/// <param name="options">Of a pipe that never pauses its writer.</param>
internal sealed class StreamInput(PipeOptions options)
{
    private readonly Pipe _pipe = new(options);

    // The pipe's lock is shared with the reader: it is taken once a block and once a turn, not once a segment.
    private Memory<byte> _block;
    private int _filled;
    private bool _dirty;

    /// <summary>The application's end.</summary>
    public PipeReader Reader => _pipe.Reader;

    /// <summary>Takes bytes; a reader sees them after <see cref="Flush"/>.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _dirty = true;
        while (!bytes.IsEmpty)
        {
            if (_filled == _block.Length)
            {
                Advance();
                _block = _pipe.Writer.GetMemory();
            }

            int length = Math.Min(bytes.Length, _block.Length - _filled);
            bytes[..length].CopyTo(_block.Span[_filled..]);
            _filled += length;
            bytes = bytes[length..];
        }
    }

    /// <summary>Lets the reader see what was written since the last call.</summary>
    /// <returns>False once it is known that nobody reads any more.</returns>
    public bool Flush()
    {
        if (!_dirty)
        {
            return true;
        }

        _dirty = false;
        Advance();

        // Without a pause threshold a flush completes at once; its result says whether anyone still reads.
        try
        {
            ValueTask<FlushResult> flush = _pipe.Writer.FlushAsync();
            return !(flush.IsCompletedSuccessfully && flush.Result.IsCompleted);
        }
        catch (Exception)
        {
            // The application completed its input with an exception: it reads no more, whatever the reason.
            return false;
        }
    }

    /// <summary>Ends the stream, with what the reader is to be told instead of an end.</summary>
    public void Complete(Exception? error = null) => _pipe.Writer.Complete(error);

    private void Advance()
    {
        if (_filled > 0)
        {
            _pipe.Writer.Advance(_filled);
        }

        (_block, _filled) = (default, 0);
    }
}
