using System.IO.Pipelines;

namespace NetLab.Tcp.Transport;

/// <summary>The application's ends of both pipes.</summary>
/// <param name="input">What the peer sent.</param>
/// <param name="output">What the peer is to get.</param>
internal sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    /// <inheritdoc/>
    public PipeReader Input { get; } = input;

    /// <inheritdoc/>
    public PipeWriter Output { get; } = output;
}
