using NetLab.Host.Backends;
using NetLab.Host.Services;

namespace NetLab.Host.Http;

/// <summary>A service.</summary>
internal sealed record ServiceDocument(string Name, string Kind, string Address, string? Target, string? Link, bool Running)
{
    /// <summary>The congestion control asked for; null for the default.</summary>
    public string? Congestion { get; init; }

    /// <summary>Whether it is started again when it fails; null if not.</summary>
    public bool? Restart { get; init; }

    /// <summary>The lines of its zone; null for what is no server of names, or has a file.</summary>
    public IReadOnlyList<string>? Zone { get; init; }

    /// <summary>The file that holds it.</summary>
    public string? ZoneFile { get; init; }

    /// <summary>How it chooses a backend; null for what is no balancer, or its default.</summary>
    public string? Policy { get; init; }

    /// <summary>How it finds out which are well; null for its default.</summary>
    public string? Health { get; init; }

    /// <summary>The seed in use; null where nothing is random, or while it is stopped.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Why it failed when it last ran.</summary>
    public string? Failure { get; init; }

    /// <summary>How often it was started again.</summary>
    public int? Restarts { get; init; }

    /// <summary>What it has done, by name.</summary>
    public IReadOnlyDictionary<string, long>? Statistics { get; init; }

    /// <summary>What it has done for each client, the busiest first.</summary>
    public IReadOnlyList<ServiceClientDocument>? Clients { get; init; }

    /// <summary>Its backends, of a balancer.</summary>
    public IReadOnlyList<BackendState>? Backends { get; init; }

    /// <summary>A service as it is now.</summary>
    public static ServiceDocument Of(LabService service) => new(
        service.Definition.Name, service.Definition.Kind, service.Address, service.Definition.Target, service.Definition.Link, service.Running is not null)
    {
        Congestion = service.Definition.Congestion,
        Restart = service.Definition.Restart ? true : null,
        Zone = service.Definition.Zone?.Split('\n'),
        ZoneFile = service.Definition.ZoneFile,
        Policy = service.Definition.Policy,
        Health = service.Definition.Health,
        Seed = service.Running?.Seed,
        Failure = service.Failure,
        Restarts = service.Restarts > 0 ? service.Restarts : null,
    };

    /// <summary>The same with what it has done.</summary>
    public static ServiceDocument WithCountsOf(LabService service) => service.Running is not { } running
        ? Of(service)
        : Of(service) with
        {
            Statistics = ToDictionary([.. running.Counts.Where(c => c.Backend is null)]),
            Backends = running.Backends?.States,
            Clients = running.Clients is { Count: > 0 } clients ? [.. clients.Select(c => new ServiceClientDocument(c.Client, ToDictionary(c.Counts)))] : null,
        };

    private static Dictionary<string, long> ToDictionary(IReadOnlyList<ServiceCount> counts) => counts.ToDictionary(c => c.Name, c => c.Value);
}
