using Microsoft.Extensions.Hosting;

namespace NetLab.Cluster.Nodes;

/// <summary>A host that signals do not end: they are nlab's own.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
