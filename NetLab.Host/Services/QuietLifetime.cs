using Microsoft.Extensions.Hosting;

namespace NetLab.Host.Services;

/// <summary>A host's lifetime that takes no signal for itself: the command line has them, and stops the host.</summary>
internal sealed class QuietLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
