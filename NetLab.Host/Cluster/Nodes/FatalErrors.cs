
namespace NetLab.Cluster.Nodes;

/// <summary>What ends a node. Orleans would write a dump and abort the process; here the command ends with a line.</summary>
internal sealed class FatalErrors : IFatalErrorHandler
{
    private readonly TaskCompletionSource _happened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails when it happens.</summary>
    public Task Happened => _happened.Task;

    /// <inheritdoc/>
    public bool IsUnexpected(Exception exception) => exception is not (ThreadAbortException or OperationCanceledException);

    /// <inheritdoc/>
    public void OnFatalException(object? sender, string? context, Exception? exception) =>
        _happened.TrySetException(new IOException($"the node cannot go on: {context ?? exception?.Message}".ReplaceLineEndings(" "), exception));
}
