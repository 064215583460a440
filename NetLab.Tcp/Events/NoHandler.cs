namespace NetLab.Tcp.Events;

/// <summary>
/// Whom a connection tells that is over: what is left of it in TIME-WAIT holds nothing of the application alive, neither pipes nor what
/// waits at them.
/// </summary>
internal sealed class NoHandler : IConnectionHandler
{
    public static readonly NoHandler Instance = new();

    private NoHandler()
    {
    }

    void IConnectionHandler.OnEstablished()
    {
    }

    void IConnectionHandler.OnReceived(ReadOnlySpan<byte> bytes)
    {
    }

    void IConnectionHandler.OnEndOfStream()
    {
    }

    void IConnectionHandler.OnAcknowledged(long bytes)
    {
    }

    void IConnectionHandler.OnUnsentLow()
    {
    }

    void IConnectionHandler.OnClosed(CloseReason reason)
    {
    }
}
