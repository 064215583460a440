namespace NetLab.Tcp.Events;

/// <summary>
/// Notified of everything that happens to a connection. Called from within the machine, so an implementation takes note and
/// returns; it must neither throw nor call back into the connection.
/// </summary>
public interface IConnectionObserver
{
    /// <summary>Something happened.</summary>
    void OnEvent(in ConnectionEvent happened);
}
