using System.Collections.Concurrent;

namespace NetLab.Tcp.Transport;

/// <summary>
/// What others leave for a loop: commands, and connections whose pipes its application has touched. Any thread may leave something; only the
/// loop takes it.
/// </summary>
internal sealed class LoopInbox
{
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly ConcurrentQueue<TcpConnection> _signals = new();

    /// <summary>Whether nothing is left to take.</summary>
    public bool IsEmpty => _signals.IsEmpty && _commands.IsEmpty;

    /// <summary>Whether a command is left.</summary>
    public bool HasCommands => !_commands.IsEmpty;

    /// <summary>Leaves a command.</summary>
    public void Add(Action command) => _commands.Enqueue(command);

    /// <summary>Leaves a connection that is to be looked at.</summary>
    public void Add(TcpConnection connection) => _signals.Enqueue(connection);

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
