namespace NetLab.Tcp.Events;

/// <summary>
/// The application's ear: what a connection tells it. Called from within the machine's own methods, so
/// an implementation takes note and returns; it must not call back into the connection, except for
/// <c>Connection.Write</c> and the reads' <c>Connection.Consumed</c>.
/// </summary>
public interface IConnectionHandler
{
    /// <summary>The handshake is done.</summary>
    void OnEstablished();

    /// <summary>Bytes arrived, in order.</summary>
    /// <param name="bytes">Valid during the call.</param>
    void OnReceived(ReadOnlySpan<byte> bytes);

    /// <summary>The peer will send no more: every byte before its FIN has been received.</summary>
    void OnEndOfStream();

    /// <summary>The oldest unacknowledged bytes have reached the peer and need not be kept.</summary>
    /// <param name="bytes">How many.</param>
    void OnAcknowledged(long bytes);

    /// <summary>
    /// Of what was written, less than <c>ConnectionOptions.UnsentLowWaterMark</c> is unsent, after it had been more.
    /// </summary>
    void OnUnsentLow()
    {
    }

    /// <summary>The connection is over; nothing follows. TIME-WAIT counts as over.</summary>
    void OnClosed(CloseReason reason);
}
