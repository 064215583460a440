using NetLab.Host.Backends;
using NetLab.Host.Settings;
using NetLab.Udp.Links;

namespace NetLab.Host.Services;

/// <summary>A service that listens somewhere.</summary>
internal interface IBoundService : IDisposable
{
    /// <summary>Where it listens, with the port the system chose; known once it has started.</summary>
    LabAddress BoundAddress { get; }

    /// <summary>Completes when the service has ended: it fails with the reason if nobody stopped it.</summary>
    Task Completion { get; }

    /// <summary>Where it passes things on to; empty if it does not.</summary>
    IReadOnlyList<ServiceRoute> Routes => [];

    /// <summary>The servers among which it chooses; null if it does not.</summary>
    BackendPool? Backends => null;

    /// <summary>The seed of what is random about it; null if nothing is.</summary>
    ulong? Seed => null;

    /// <summary>The link that it lets things cross, with a name for people; null for none, or before it has started.</summary>
    (string Name, LinkRelay Relay)? Link => null;

    /// <summary>What it has done so far, by name; for people, JSON and Prometheus.</summary>
    IReadOnlyList<ServiceCount> Counts => [];

    /// <summary>What it has done for each of its clients, the busiest first; empty where nobody counts them.</summary>
    IReadOnlyList<ServiceClient> Clients => [];

    /// <summary>Makes its link another one while it runs.</summary>
    /// <returns>False if it has none, or if the other would need another seed: then the service has to begin anew.</returns>
    bool TryChange(LinkDescription changed) => false;

    /// <summary>Listens and begins to serve.</summary>
    /// <exception cref="UsageException">The address is taken, or is not this machine's.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Ends serving.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
