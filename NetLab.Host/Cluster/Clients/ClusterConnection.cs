using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetLab.Cluster.Membership;
using NetLab.Cluster.Nodes;
using NetLab.Cluster.Security;

namespace NetLab.Cluster.Clients;

/// <summary>A command's connection to a cluster.</summary>
internal sealed class ClusterConnection : IAsyncDisposable
{
    // Where somebody listens; on a machine that is busy even that takes its time.
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly IHost _host;

    private ClusterConnection(IHost host) => _host = host;

    /// <summary>Asks grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="security">How both know one another.</param>
    /// <param name="log">Told of Orleans' warnings; null to tell nobody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">No node is reached; one line says why.</exception>
    public static async Task<ClusterConnection> OpenAsync(ClusterAddress cluster, ClusterSecurity security, Action<string>? log, CancellationToken cancellationToken)
    {
        await MembershipProbe.CheckAsync(cluster, isNode: false, cancellationToken).ConfigureAwait(false);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new LineLogger(log));
        builder.UseOrleansClient(client =>
        {
            client.UseMembership(cluster);
            security.Configure(client);
            client.UseConnectionRetryFilter(async (_, stop) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300), stop).ConfigureAwait(false);
                return true;
            });
            client.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        });
        IHost host = builder.Build();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(ConnectTimeout);
        try
        {
            await host.StartAsync(late.Token).WaitAsync(ConnectTimeout + TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            return new ClusterConnection(host);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{cluster}: {security.Faults.Last ?? ReasonOf(error)}", error);
        }
    }

    /// <summary>The nodes that there are.</summary>
    public async Task<int> CountNodesAsync() => (await Grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true).ConfigureAwait(false)).Count;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var late = new CancellationTokenSource(ConnectTimeout);
        await _host.StopAsync(late.Token).ConfigureAwait(false);
        await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
    }

    private static string ReasonOf(Exception error) => error is OperationCanceledException or TimeoutException or SiloUnavailableException || error.GetType().Name == "ConnectionFailedException"
        ? "no node of a cluster answers"
        : error.GetBaseException().Message.ReplaceLineEndings(" ");
}
