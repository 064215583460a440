using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetLab.Cluster.Membership;
using NetLab.Cluster.Work;
using Orleans.Configuration;

namespace NetLab.Cluster.Nodes;

/// <summary>A node that runs in this process.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    // A node that is silent so often, so long, is gone: some six seconds. Shorter, and a machine that a measurement keeps busy would be.
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private const int MaxMissedProbes = 3;

    // Calls that may take longer say so themselves.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    // What cannot join within that will not.
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly IHost _host;
    private readonly FatalErrors _fatal;

    private ClusterNode(IHost host, FatalErrors fatal) => (_host, _fatal) = (host, fatal);

    /// <summary>What this node was told of measurements.</summary>
    public NodeBoard Board => _host.Services.GetRequiredService<NodeBoard>();

    /// <summary>The nodes that there are, by their addresses.</summary>
    public IReadOnlyList<string> Names => [.. _host.Services.GetRequiredService<LiveNodes>().All.Select(NodeName.Of)];

    /// <summary>Ends, with an exception, when the node cannot go on, as when the others took it for dead.</summary>
    public Task Failed => _fatal.Happened;

    /// <summary>Starts a node.</summary>
    /// <param name="settings">What it is.</param>
    /// <param name="work">What it does.</param>
    /// <param name="log">Told of Orleans' warnings; null to tell nobody.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="IOException">It cannot listen, or not join; one line says why.</exception>
    public static async Task<ClusterNode> StartAsync(NodeSettings settings, INodeWork work, Action<string>? log, CancellationToken cancellationToken)
    {
        if (settings.Cluster.Kind != MembershipKind.FirstNode || !settings.Cluster.FirstNode.Equals(settings.Address))
        {
            await MembershipProbe.CheckAsync(settings.Cluster, isNode: true, cancellationToken).ConfigureAwait(false);
        }

        var fatal = new FatalErrors();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new LineLogger(log));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        builder.UseOrleans(node =>
        {
            node.UseMembership(settings.Cluster);
            node.ConfigureEndpoints(settings.Address.Address, settings.Address.Port, settings.Address.Port + ClusterAddress.GatewayOffset);
            node.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = ProbeTimeout;
                options.NumMissedProbesLimit = MaxMissedProbes;
                options.MaxJoinAttemptTime = JoinTimeout;
            });
            node.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
            node.AddPlacementDirector<OnNodePlacement, OnNodeDirector>();
            settings.Security.Configure(node);
            node.Services.AddSingleton(work);
            node.Services.AddSingleton<NodeBoard>();
            node.Services.AddSingleton<LiveNodes>();
            node.Services.TryAddSingleton(TimeProvider.System);
            node.Services.Replace(ServiceDescriptor.Singleton<IFatalErrorHandler>(fatal));
            node.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        });
        IHost host = builder.Build();
        try
        {
            if (settings.Cluster.Kind == MembershipKind.Postgres)
            {
                await PostgresTables.MakeAsync(settings.Cluster, cancellationToken).ConfigureAwait(false);
            }

            Task starting = host.StartAsync(cancellationToken);
            await (await Task.WhenAny(starting, fatal.Happened).WaitAsync(JoinTimeout, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            return new ClusterNode(host, fatal);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{settings.Cluster}: {settings.Security.Faults.Last ?? ReasonOf(error, settings.Cluster)}", error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_fatal.Happened.IsCompleted)
        {
            await _host.StopAsync().ConfigureAwait(false);
            await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string ReasonOf(Exception error, ClusterAddress cluster) => error switch
    {
        TimeoutException => cluster.Kind == MembershipKind.FirstNode ? "no node answers there" : "the cluster was not joined in time",
        IOException => error.Message,
        _ => error.GetBaseException().Message.ReplaceLineEndings(" "),
    };
}
