using Microsoft.AspNetCore.Connections;

namespace NetLab.Tcp.Transport;

/// <summary>
/// How the application wants its connection to end. It may say so from several threads at once: an abort wins over a close, whichever
/// comes first, and the first abort's reason is the one that stays.
/// </summary>
internal sealed class ShutdownRequest
{
    // Null for nothing yet; an exception for an abort with it as the reason.
    private static readonly object Close = new();

    private object? _state;
    private bool _isPutOff;

    /// <summary>Whether anything has been asked for.</summary>
    public bool IsMade => Volatile.Read(ref _state) is not null;

    /// <summary>Whether the connection is to be closed, and not aborted.</summary>
    public bool IsClose => Volatile.Read(ref _state) == Close;

    /// <summary>Why the connection is to be aborted; null if it is not.</summary>
    public ConnectionAbortedException? AbortReason => Volatile.Read(ref _state) as ConnectionAbortedException;

    /// <summary>Whether the loop has sent since the close was put off: it is put off no longer. For the loop alone.</summary>
    public bool HasHadTurn { get; private set; }

    /// <summary>Asks for a close; of no effect after an abort.</summary>
    public void RequestClose() => Interlocked.CompareExchange(ref _state, Close, null);

    /// <summary>Asks for an abort; of no effect after another.</summary>
    public void RequestAbort(ConnectionAbortedException reason)
    {
        if (Interlocked.CompareExchange(ref _state, reason, null) == Close)
        {
            Interlocked.CompareExchange(ref _state, reason, Close);
        }
    }

    /// <summary>Puts a close off until the loop has sent; for the loop alone.</summary>
    /// <returns>Whether it was not put off before: the loop is to say when it has sent.</returns>
    public bool TryPutOff() => !_isPutOff && (_isPutOff = true);

    /// <summary>The loop has sent; for the loop alone.</summary>
    public void OnTurn() => HasHadTurn = true;
}
