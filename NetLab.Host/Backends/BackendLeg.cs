using System.IO.Pipelines;
using NetLab.Host.Forwarding;

namespace NetLab.Host.Backends;

/// <summary>A connection to a backend, which hears of its end.</summary>
/// <param name="leg">The connection.</param>
/// <param name="onOver">Told once when it is over.</param>
internal sealed class BackendLeg(IForwardLeg leg, Action onOver) : IForwardLeg
{
    private Action? _onOver = onOver;

    /// <inheritdoc/>
    public string Peer => leg.Peer;

    /// <inheritdoc/>
    public PipeReader Input => leg.Input;

    /// <inheritdoc/>
    public ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => leg.SendAsync(bytes, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CompleteAsync() => leg.CompleteAsync();

    /// <inheritdoc/>
    public void Abort() => leg.Abort();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await leg.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Exchange(ref _onOver, null)?.Invoke();
        }
    }
}
