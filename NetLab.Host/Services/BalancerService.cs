using NetLab.Host.Backends;
using NetLab.Host.Forwarding;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>A balancer as a service: connections, or flows of datagrams, from one address to several backends.</summary>
/// <param name="from">Where it listens, resolved.</param>
/// <param name="backends">The backends, resolved.</param>
/// <param name="policy">How one is chosen.</param>
/// <param name="health">How it finds out which are well.</param>
/// <param name="streams">How byte streams are set up.</param>
/// <param name="onChanged">Told what becomes of a backend: its name and a word.</param>
internal sealed class BalancerService(
    LabAddress from, IReadOnlyList<Backend> backends, BalancingPolicy policy, HealthCheck health, StreamOptions streams, Action<string, string> onChanged) : IBoundService
{
    private const int MaxShown = 100;

    private readonly CancellationTokenSource _stopping = new();
    private readonly BackendPool _pool = new(backends, policy, health) { OnChanged = onChanged };
    private Forward? _forward;
    private Task _checking = Task.CompletedTask;

    /// <inheritdoc/>
    public LabAddress BoundAddress => _forward?.Address ?? from;

    /// <inheritdoc/>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceRoute> Routes =>
        [.. backends.Select(b => new ServiceRoute(from.Transport, ForwardSettings.EndPointOf(BoundAddress), b.Address.Transport, ForwardSettings.EndPointOf(b.Address)))];

    /// <inheritdoc/>
    public ulong? Seed => policy.IsRandom ? policy.Seed : null;

    /// <inheritdoc/>
    public BackendPool Backends => _pool;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceCount> Counts => _forward is not { } forward ? [] : [.. ForwardCounts.Of(forward), .. _pool.States.SelectMany(CountsOf)];

    /// <inheritdoc/>
    public IReadOnlyList<ServiceClient> Clients => _forward is { } forward ? ForwardCounts.ClientsOf(forward, MaxShown) : [];

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Dictionary<Backend, IForwardTarget> targets = backends.ToDictionary(b => b, b => Forward.TargetOf(new ForwardSettings(from, b.Address, streams) { TargetPlace = $"balancer, at {b.Name}" }));
        _forward = Forward.Bind(new ForwardSettings(from, backends[0].Address, streams) { SourcePlace = $"balancer {from}, at its clients" }, new BalancedTarget(_pool, targets, health.Timeout));
        Completion = _forward.RunAsync(_stopping.Token);
        _checking = Task.WhenAll(backends.Select(CheckAsync));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _checking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_forward is { } forward)
        {
            await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await forward.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private static IEnumerable<ServiceCount> CountsOf(BackendState state) =>
    [
        new("backend_connections_open", state.Open) { IsLevel = true, Backend = state.Backend },
        new("backend_connections_given", state.Given) { Backend = state.Backend },
        new("backend_failures", state.Failures) { Backend = state.Backend },
        new("backend_in", state.State == "in" ? 1 : 0) { IsLevel = true, Backend = state.Backend },
    ];

    private async Task CheckAsync(Backend backend)
    {
        if (health.Every is not { } every)
        {
            return;
        }

        // Of checks nothing is recorded: they are not what a recording is asked for.
        var probe = new HealthProbe(health, streams with { Recorder = null });
        using var timer = new PeriodicTimer(every);
        try
        {
            do
            {
                _pool.Note(backend, await probe.IsWellAsync(backend.Address, _stopping.Token).ConfigureAwait(false));
            }
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
