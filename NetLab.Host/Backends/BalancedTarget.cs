using NetLab.Host.Forwarding;

namespace NetLab.Host.Backends;

/// <summary>The connecting side of a balancer: each connection goes to the backend that is chosen, and to another if that one does not accept it.</summary>
/// <param name="pool">The backends.</param>
/// <param name="targets">How each is connected to.</param>
/// <param name="timeout">How long a backend may take to accept.</param>
internal sealed class BalancedTarget(BackendPool pool, IReadOnlyDictionary<Backend, IForwardTarget> targets, TimeSpan timeout) : IForwardTarget
{
    /// <inheritdoc/>
    public async Task<IForwardLeg> OpenAsync(string client, CancellationToken cancellationToken)
    {
        var tried = new List<Backend>();
        string why = "no backend is in";
        while (pool.Take(client, tried) is { } backend)
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            late.CancelAfter(timeout);
            try
            {
                return new BackendLeg(await targets[backend].OpenAsync(client, late.Token).ConfigureAwait(false), () => pool.Release(backend));
            }
            catch (Exception error) when (error is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                pool.Refuse(backend);
                tried.Add(backend);
                why = error is IOException ? error.Message : $"{backend.Address}: no answer in time";
            }
            catch
            {
                pool.Release(backend);
                throw;
            }
        }

        throw new IOException(why);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IForwardTarget target in targets.Values)
        {
            await target.DisposeAsync().ConfigureAwait(false);
        }
    }
}
