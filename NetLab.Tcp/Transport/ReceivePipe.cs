using System.IO.Pipelines;

namespace NetLab.Tcp.Transport;

/// <summary>
/// Received bytes on their way to the application. The pipe is the receive buffer, and its free room the window: what the reader consumes
/// is told to the machine an eighth of the buffer at a time, and the rest of it as soon as the reader has to wait for more.
/// All but <see cref="Reader"/> and <see cref="IsReaderDone"/> is the loop's.
/// </summary>
internal sealed class ReceivePipe
{
    private readonly StreamInput _input;
    private readonly CountingPipeReader _reader;
    private readonly Action _signal;
    private readonly int _step;
    private long _consumed;
    private long _untold;
    private bool _isEnded;
    private volatile bool _isReaderDone;

    /// <summary>Makes an empty one.</summary>
    /// <param name="options">Of a pipe that never pauses its writer.</param>
    /// <param name="bufferSize">The receive buffer, in bytes.</param>
    /// <param name="signal">Asks the loop to look at <see cref="TakeConsumed"/>; called on the reader's thread.</param>
    public ReceivePipe(PipeOptions options, int bufferSize, Action signal)
    {
        _signal = signal;
        _step = bufferSize / 8;
        _input = new StreamInput(options);
        _reader = new CountingPipeReader(_input.Reader, OnConsumed, OnWaiting, OnReaderCompleted);
    }

    /// <summary>The application's end.</summary>
    public PipeReader Reader => _reader;

    /// <summary>Whether nobody reads any more.</summary>
    public bool IsReaderDone => _isReaderDone;

    /// <summary>Takes bytes; a reader sees them after <see cref="Flush"/>. What nobody will read is dropped.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (!_isReaderDone)
        {
            _input.Write(bytes);
        }
    }

    /// <summary>Lets the reader see what was written since the last call.</summary>
    public void Flush()
    {
        if (!_input.Flush())
        {
            _isReaderDone = true;
        }
    }

    /// <summary>How much has been consumed since the last call.</summary>
    public long TakeConsumed() => Interlocked.Exchange(ref _consumed, 0);

    /// <summary>The peer has said its last: the reader sees the end behind what was written.</summary>
    public void End()
    {
        Flush();
        _isEnded = true;
        _input.Complete();
    }

    /// <summary>The connection is over before that, or after.</summary>
    /// <param name="error">What the reader is told; null for an end.</param>
    /// <param name="keepsBytes">Whether what was written before is still good.</param>
    public void Fail(Exception? error, bool keepsBytes)
    {
        Flush();
        if (!_isEnded && keepsBytes && error is not null)
        {
            _reader.FailAtEnd(error);
            _input.Complete();
        }
        else
        {
            _input.Complete(error);
        }
    }

    private void OnConsumed(long bytes)
    {
        Interlocked.Add(ref _consumed, bytes);

        // A little at a time does not open the window; an eighth of it does, and is before it could have closed.
        if ((_untold += bytes) >= _step)
        {
            Report();
        }
    }

    private void OnWaiting()
    {
        // A reader that waits may need more than there is room for until the machine knows of this.
        if (_untold > 0)
        {
            Report();
        }
    }

    private void Report()
    {
        _untold = 0;
        _signal();
    }

    private void OnReaderCompleted()
    {
        _isReaderDone = true;
        _signal();
    }
}
