using System.IO.Pipelines;
using NetLab.Host.Streams;

namespace NetLab.Host.Forwarding;

/// <summary>A byte stream as one side of a forward.</summary>
internal sealed class StreamLeg(LabStream stream) : IForwardLeg
{
    /// <inheritdoc/>
    public string Peer { get; } = stream.RemoteEndPoint.ToString();

    /// <inheritdoc/>
    public PipeReader Input => stream.Input;

    /// <inheritdoc/>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        !(await stream.Output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false)).IsCompleted;

    /// <inheritdoc/>
    public ValueTask CompleteAsync() => stream.Output.CompleteAsync();

    /// <inheritdoc/>
    public void Abort() => stream.Abort();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
