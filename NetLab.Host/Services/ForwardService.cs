using NetLab.Host.Forwarding;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Links;

namespace NetLab.Host.Services;

/// <summary>A bridge between two transports as a service, of which at least one is a byte stream.</summary>
/// <param name="from">Where it listens, resolved.</param>
/// <param name="to">Where it passes on to, resolved.</param>
/// <param name="streams">How byte streams are set up.</param>
/// <param name="link">The link that is crossed; null for none.</param>
internal sealed class ForwardService(LabAddress from, LabAddress to, StreamOptions streams, LinkDescription? link) : IBoundService
{
    private const int MaxShown = 100;

    private readonly ulong _seed = link?.Seed ?? Seeds.Draw();
    private readonly CancellationTokenSource _stopping = new();
    private ForwardChain? _chain;

    /// <inheritdoc/>
    public LabAddress BoundAddress => _chain?.Address ?? from;

    /// <inheritdoc/>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceRoute> Routes => [new(from.Transport, ForwardSettings.EndPointOf(BoundAddress), to.Transport, ForwardSettings.EndPointOf(to))];

    /// <inheritdoc/>
    public ulong? Seed => link is null ? null : _seed;

    /// <inheritdoc/>
    public (string Name, LinkRelay Relay)? Link => _chain?.Relay is { } relay ? ($"forward {BoundAddress} → {to}", relay) : null;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceCount> Counts => _chain?.Front is not { } forward
        ? []
        :
        [
            .. ForwardCounts.Of(forward),
            .. _chain.Relay is { } relay ? RelayCounts.Of(relay).Select(c => c with { Name = $"link_{c.Name}" }) : [],
        ];

    /// <inheritdoc/>
    public IReadOnlyList<ServiceClient> Clients => _chain?.Front is { } forward ? ForwardCounts.ClientsOf(forward, MaxShown) : [];

    /// <inheritdoc/>
    public bool TryChange(LinkDescription changed) => _chain?.TryChange(changed) ?? false;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _chain = ForwardChain.Bind(from, to, streams, link, _seed, null, null);
        Completion = _chain.RunAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_chain is { } chain)
        {
            await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await chain.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();
}
