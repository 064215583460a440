using Microsoft.Extensions.Logging;
using NetLab.Host.Settings;
using NetLab.Tcp.Memory;
using NetLab.Udp.Text;

namespace NetLab.Host.Services;

/// <summary>What <c>nlab serve</c> runs: the section <c>Lab</c> of the configuration.</summary>
internal sealed class LabOptions
{
    /// <summary>Whether addresses other than loopback may be used.</summary>
    public bool AllowRemote { get; set; }

    /// <summary>
    /// What the connections of NetLab's TCP may hold together, such as 64M; if nothing is said, a third of what the process may use, which
    /// may be its container's.
    /// </summary>
    public string? MemoryLimit { get; set; }

    /// <summary>The folder where measurements that are asked for over HTTP are kept; none if nothing is said.</summary>
    public string? RunFolder { get; set; }

    /// <summary>The services.</summary>
    public List<ServiceOptions> Services { get; } = [];

    /// <summary>The link relays.</summary>
    public List<RelayOptions> Relays { get; } = [];

    /// <summary>What is written to the log, on standard error: Trace, Debug, Information, Warning, Error, Critical or None.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Warning;

    /// <summary>Where measurements go.</summary>
    public TelemetryOptions Telemetry { get; } = new();

    /// <summary>The memory limit in bytes; null for the default.</summary>
    /// <exception cref="UsageException">It is none, or less than <see cref="MemoryBudget.MinLimit"/>.</exception>
    internal long? MemoryBytes => MemoryLimit is not { } text ? null
        : Quantity.TryParseSize(text, out long bytes) && bytes >= MemoryBudget.MinLimit ? bytes
        : throw new UsageException($"MemoryLimit '{text}': a size of at least {MemoryBudget.MinLimit >> 20}M, such as 64M");

    /// <summary>All services and relays with their names.</summary>
    public IReadOnlyList<ServiceDefinition> Definitions()
    {
        List<ServiceDefinition> all = [];
        foreach (ServiceOptions service in Services)
        {
            int scheme = service.Address.IndexOf("://", StringComparison.Ordinal);
            string name = service.Name ?? (service.Kind.Length == 0 ? throw new UsageException($"configuration: Lab:Services:{all.Count}: Kind: is missing") : Free($"{service.Kind}-{service.Address[..Math.Max(0, scheme)].ToLowerInvariant()}"));
            all.Add(new ServiceDefinition(name, service.Kind, service.Address, service.Target, service.Link)
            {
                Restart = service.Restart,
                Congestion = service.Congestion,
                Zone = service.Zone.Count > 0 ? string.Join('\n', service.Zone) : null,
                ZoneFile = service.ZoneFile,
                Policy = service.Policy,
                Health = service.Health,
            });
        }

        foreach (RelayOptions relay in Relays)
        {
            all.Add(new ServiceDefinition(relay.Name ?? Free("relay"), RelayServiceFactory.Relay, relay.Listen, relay.Target, relay.Link) { Restart = relay.Restart });
        }

        return all;

        string Free(string wanted)
        {
            IEnumerable<string> taken = all.Select(d => d.Name).Concat(Services.Select(s => s.Name)).Concat(Relays.Select(r => r.Name)).OfType<string>();
            return Enumerable.Range(1, Services.Count + Relays.Count).Select(n => n == 1 ? wanted : $"{wanted}-{n}").First(n => !taken.Contains(n));
        }
    }

    /// <summary>Checks everything that can be checked before a socket is opened.</summary>
    /// <param name="factories">The kinds of service there are.</param>
    /// <exception cref="UsageException">Says which entry is wrong and why.</exception>
    public void Validate(ServiceFactories factories)
    {
        Check("Lab:Telemetry", () => Telemetry.Validate(AllowRemote));
        Check("Lab", () => _ = MemoryBytes);
        if (RunFolder is { } folder && !Directory.Exists(folder))
        {
            throw new UsageException($"configuration: Lab:RunFolder '{folder}': there is no such folder");
        }

        IReadOnlyList<ServiceDefinition> all = Definitions();
        for (int i = 0; i < all.Count; i++)
        {
            ServiceDefinition definition = all[i];
            string entry = i < Services.Count ? $"Lab:Services:{i}" : $"Lab:Relays:{i - Services.Count}";
            Check(entry, () => factories.Validate(definition));
            if (all.Take(i).Any(d => d.Name == definition.Name))
            {
                throw new UsageException($"configuration: {entry}: Name '{definition.Name}': two services have it");
            }

            LabAddress address = definition.ParseAddress();
            if (address.Port != 0 && all.Take(i).FirstOrDefault(d => d.ParseAddress().IsSamePort(address)) is { } first)
            {
                throw new UsageException($"configuration: {entry}: '{address}': '{first.Name}' listens there already");
            }
        }

        if (all.Count > LabServices.MaxServices)
        {
            throw new UsageException($"configuration: {all.Count} services; a lab has {LabServices.MaxServices} at most");
        }

        if (all.Count == 0)
        {
            throw new UsageException("configuration: Lab:Services and Lab:Relays are empty, there is nothing to serve");
        }
    }

    private static void Check(string path, Action validate)
    {
        try
        {
            validate();
        }
        catch (UsageException error)
        {
            throw new UsageException($"configuration: {path}: {error.Message}");
        }
    }
}
