namespace NetLab.Tcp.Transport;

/// <summary>
/// Tells that a connection is over, to whoever asked for a token before or asks after. Most connections live and die without
/// anybody asking: for them there is nothing to be made and nobody to be woken.
/// </summary>
internal sealed class ClosedSignal
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _source;
    private bool _isSet;

    /// <summary>Cancelled when the connection is over.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_lock)
            {
                return _isSet && _source is null ? new CancellationToken(canceled: true) : (_source ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>The connection is over.</summary>
    public void Set()
    {
        lock (_lock)
        {
            _isSet = true;
        }

        // Registered callbacks are the application's; they must not run on the loop.
        if (_source is { } source)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), source, preferLocal: false);
        }
    }
}
