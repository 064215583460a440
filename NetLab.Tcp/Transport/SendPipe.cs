using System.IO.Pipelines;
using NetLab.Tcp.Memory;

namespace NetLab.Tcp.Transport;

/// <summary>
/// Written bytes on their way to the machine. The pipe is the send buffer: bytes stay in it until the peer has acknowledged them, and a
/// flush that waits is the buffer being full. All but <see cref="Writer"/> is the loop's.
/// </summary>
internal sealed class SendPipe
{
    private readonly ConnectionPipes _pipes;
    private readonly Pipe _pipe;
    private readonly LowWaterGate? _gate;
    private readonly SendShare? _share;
    private ReadResult? _seen;
    private bool _writerWaits;
    private bool _ended;

    /// <summary>Makes an empty one.</summary>
    /// <param name="pipes">How the endpoint's pipes are set up.</param>
    /// <param name="hasGate">Whether writers wait until little is unsent.</param>
    /// <param name="onWritten">Called after every flush, on the writer's thread.</param>
    public SendPipe(ConnectionPipes pipes, bool hasGate, Action onWritten)
    {
        _pipes = pipes;
        _pipe = new Pipe(pipes.Output);
        _gate = hasGate ? new LowWaterGate() : null;
        _share = pipes.Memory is { } memory ? new SendShare(memory, (int)pipes.Output.PauseWriterThreshold) : null;
        Writer = new SignalingPipeWriter(_pipe.Writer, onWritten, _gate, _share);
    }

    /// <summary>The application's end.</summary>
    public PipeWriter Writer { get; }

    /// <summary>Looks at what has been written and not been acknowledged; what was shown before is shown again.</summary>
    /// <returns>False if there is nothing to see: the pipe has ended, or nothing has happened to it.</returns>
    public bool TryLook(out SendPipeContent content)
    {
        content = default;
        if (_ended)
        {
            return false;
        }

        if (_seen is { } seen)
        {
            // Nothing consumed, nothing examined: only to see what has been added.
            _seen = null;
            _pipe.Reader.AdvanceTo(seen.Buffer.Start);
        }

        ReadResult result;
        try
        {
            if (!_pipe.Reader.TryRead(out result))
            {
                return false;
            }
        }
        catch (Exception)
        {
            // The application completed its output with an exception of its own, and the pipe hands it on: its stream is broken off,
            // which is a reset and not an end.
            _ended = true;
            content = new SendPipeContent(default, WriterWaits: false, IsCompleted: false, IsBroken: true);
            return true;
        }

        _writerWaits = _pipes.WriterWaits(result.Buffer.Length, _writerWaits) && !result.IsCompleted;
        content = new SendPipeContent(result.Buffer, _writerWaits, result.IsCompleted, IsBroken: false);
        if (!result.Buffer.IsEmpty)
        {
            _seen = result;
            return true;
        }

        _pipe.Reader.AdvanceTo(result.Buffer.Start);
        if (result.IsCompleted)
        {
            _ended = true;
            _pipe.Reader.Complete();
        }

        return true;
    }

    /// <summary>Lets go of the first bytes, which the peer has.</summary>
    /// <returns>Whether there were any to let go of: then there may be more to see.</returns>
    public bool Release(long bytes)
    {
        _share?.OnAcknowledged(bytes);
        if (_seen is not { } seen)
        {
            return false;
        }

        SequencePosition position = seen.Buffer.GetPosition(bytes);
        _seen = null;
        _pipe.Reader.AdvanceTo(position);
        return true;
    }

    /// <summary>Little is unsent: a writer that waits for that goes on.</summary>
    public void OnUnsentLow() => _gate?.Open();

    /// <summary>Nothing will be sent any more; a writer learns of it, with an error or without.</summary>
    public void End(Exception? error)
    {
        _ended = true;
        _seen = null;
        _pipe.Reader.Complete(error);

        // Now and not before: a writer that goes on from here sees that nobody reads any more.
        _gate?.Open();
        _share?.End();
    }
}
