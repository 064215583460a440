using System.IO.Pipelines;
using System.Net;

namespace NetLab.Host.Forwarding;

/// <summary>A peer of datagrams as one side of a forward: what comes waits in a pipe of bounded size, and what finds no room there is lost.</summary>
/// <param name="peer">The peer.</param>
/// <param name="send">Sends a datagram there.</param>
internal sealed class DatagramLeg(IPEndPoint peer, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send) : IForwardLeg
{
    /// <summary>The longest piece of a stream that becomes one datagram: it fits every Ethernet.</summary>
    public const int MaxPayload = 1400;

    // A few round trips of a fast stream; beyond it a datagram is dropped, as a full socket buffer would.
    private const int MaxWaiting = 1 << 20;

    private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: MaxWaiting, useSynchronizationContext: false));
    private readonly Lock _lock = new();
    private Task _flush = Task.CompletedTask;
    private bool _closed;

    /// <inheritdoc/>
    public string Peer { get; } = peer.ToString();

    /// <summary>When something last came or went, in milliseconds of the machine's running.</summary>
    public long LastActive { get; private set; } = Environment.TickCount64;

    /// <inheritdoc/>
    public PipeReader Input => _input.Reader;

    /// <summary>Told when the leg is over.</summary>
    public Action<DatagramLeg>? OnClosed { get; init; }

    /// <summary>Takes a datagram that came from the peer. Called by one thread.</summary>
    public void Receive(ReadOnlySpan<byte> datagram)
    {
        LastActive = Environment.TickCount64;
        lock (_lock)
        {
            if (_closed || !_flush.IsCompleted)
            {
                return;
            }

            datagram.CopyTo(_input.Writer.GetSpan(datagram.Length));
            _input.Writer.Advance(datagram.Length);
            _flush = _input.Writer.FlushAsync().AsTask();
        }
    }

    /// <summary>Notes that the peer will send no more.</summary>
    public void End(Exception? error = null)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _closed = true;
                _input.Writer.Complete(error);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        LastActive = Environment.TickCount64;
        for (int offset = 0; offset < bytes.Length; offset += MaxPayload)
        {
            await send(bytes.Slice(offset, Math.Min(MaxPayload, bytes.Length - offset)), cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>UDP has no word for it: the other side's silence is the end.</summary>
    public ValueTask CompleteAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void Abort() => End(new IOException("reset"));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        End();
        OnClosed?.Invoke(this);
        return ValueTask.CompletedTask;
    }
}
