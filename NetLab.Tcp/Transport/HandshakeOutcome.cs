namespace NetLab.Tcp.Transport;

/// <summary>What the handshake came to, for whoever waits for it.</summary>
/// <param name="inline">Whether who waits goes on where it is told.</param>
internal sealed class HandshakeOutcome(bool inline)
{
    private readonly TaskCompletionSource _source = new(inline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the handshake; fails with its reason.</summary>
    public Task Task => _source.Task;

    /// <summary>It is done.</summary>
    public void Succeed() => _source.TrySetResult();

    /// <summary>It failed, unless it was done before.</summary>
    public void Fail(Exception why)
    {
        if (_source.TrySetException(why))
        {
            // Observed here: a passive connection has nobody who awaits its handshake.
            _ = _source.Task.Exception;
        }
    }
}
