namespace NetLab.Osi.Application.RemoteCalls;

/// <summary>What the calls of a connection, or of the pipes of one, have said so far: contexts that are bound, operations that wait for their response. Bounded.</summary>
internal sealed class DceRpcCalls
{
    private const int MaxCalls = 4096;

    private readonly HashSet<(Guid Pipe, int Context)> _contexts = [];
    private readonly Dictionary<(Guid Pipe, uint Call), int> _operations = [];

    /// <summary>A context is offered.</summary>
    public void Bind(Guid pipe, int context)
    {
        if (_contexts.Count < MaxCalls)
        {
            _contexts.Add((pipe, context));
        }
    }

    /// <summary>An operation is called, of a context that was bound.</summary>
    public void Call(Guid pipe, uint call, int context, int operation)
    {
        if (!_contexts.Contains((pipe, context)))
        {
            return;
        }

        if (_operations.Count >= MaxCalls)
        {
            _operations.Clear();
        }

        _operations[(pipe, call)] = operation;
    }

    /// <summary>The operation that a response answers; null when its call was not seen.</summary>
    public int? Operation(Guid pipe, uint call) => _operations.TryGetValue((pipe, call), out int operation) ? operation : null;
}
