using System.Net;
using System.Net.Sockets;
using NetLab.Host.Recording;
using NetLab.Host.Relays;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Links;

namespace NetLab.Host.Services;

/// <summary>A link relay as a service.</summary>
internal sealed class RelayService(LabAddress listen, IPEndPoint target, LinkDescription link, LabRecorder? recorder) : IBoundService
{
    private readonly ulong _seed = link.Seed ?? Seeds.Draw();
    private LinkRelay? _relay;

    private IPEndPoint Local => _relay?.LocalEndPoint ?? new IPEndPoint(IPAddress.Parse(listen.Host), listen.Port);

    /// <inheritdoc/>
    public (string Name, LinkRelay Relay)? Link => _relay is { } relay ? ($"relay {listen} → udp://{target}", relay) : null;

    /// <inheritdoc/>
    public ulong? Seed => _seed;

    /// <inheritdoc/>
    public LabAddress BoundAddress => _relay is null ? listen : listen.At(_relay.LocalEndPoint);

    /// <inheritdoc/>
    public Task Completion => _relay?.Completion ?? Task.CompletedTask;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceRoute> Routes => [new(LabTransport.Udp, Local, LabTransport.Udp, target)];

    /// <inheritdoc/>
    public IReadOnlyList<ServiceCount> Counts => _relay is { } relay ? RelayCounts.Of(relay) : [];

    /// <inheritdoc/>
    public IReadOnlyList<ServiceClient> Clients => _relay is { } relay ? RelayCounts.ClientsOf(relay) : [];

    /// <inheritdoc/>
    public bool TryChange(LinkDescription changed)
    {
        bool keepsSeed = changed.Seed is null || changed.Seed == _seed;
        if (keepsSeed)
        {
            _relay!.Change(changed);
        }

        return keepsSeed;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        IPEndPoint local = Local;
        LinkRelayOptions options = LabRelay.OptionsFor(local, target, link, _seed) with
        {
            Tap = recorder?.AddPlace($"relay {listen}, at its clients", () => local),
        };
        try
        {
            _relay = new LinkRelay(options);
            local = _relay.LocalEndPoint;
        }
        catch (SocketException error)
        {
            throw BindFailure.Explain(listen, error);
        }

        _relay.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _relay?.Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _relay?.Dispose();
}
