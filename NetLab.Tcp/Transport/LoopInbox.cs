using System.Collections.Concurrent;

namespace NetLab.Tcp.Transport;

/// <summary>
/// What others leave for a loop: commands, and connections whose pipes its application has touched; any thread may leave those. And
/// connections that the loop itself puts off until it has sent. Only the loop takes anything.
/// </summary>
internal sealed class LoopInbox
{
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly ConcurrentQueue<TcpConnection> _signals = new();
    private readonly Queue<TcpConnection> _awaitingTransmission = new();

    /// <summary>Whether nothing is left to take.</summary>
    public bool IsEmpty => _signals.IsEmpty && _commands.IsEmpty;

    /// <summary>Whether a command is left.</summary>
    public bool HasCommands => !_commands.IsEmpty;

    /// <summary>Leaves a command.</summary>
    public void Add(Action command) => _commands.Enqueue(command);

    /// <summary>Leaves a connection that is to be looked at.</summary>
    public void Add(TcpConnection connection) => _signals.Enqueue(connection);

    /// <summary>Leaves a connection that is to be told when the loop has sent; for the loop's own thread.</summary>
    public void AddAwaiting(TcpConnection connection) => _awaitingTransmission.Enqueue(connection);

    /// <summary>The loop has sent what there was to send: tells those who wait for it.</summary>
    public void TellTransmitted()
    {
        while (_awaitingTransmission.TryDequeue(out TcpConnection? connection))
        {
            connection.OnTransmitted();
        }
    }

    /// <summary>Runs commands, the oldest first, until none is left: those that they leave, too.</summary>
    public void RunCommands()
    {
        while (_commands.TryDequeue(out Action? command))
        {
            command();
        }
    }

    /// <summary>Takes a connection that is to be looked at.</summary>
    public bool TryTakeSignal([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TcpConnection? connection) => _signals.TryDequeue(out connection);
}
