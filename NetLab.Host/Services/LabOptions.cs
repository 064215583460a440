using Microsoft.Extensions.Logging;
using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>What <c>nlab serve</c> runs: the section <c>Lab</c> of the configuration.</summary>
internal sealed class LabOptions
{
    /// <summary>Whether addresses other than loopback may be used.</summary>
    public bool AllowRemote { get; set; }

    /// <summary>The services.</summary>
    public List<ServiceOptions> Services { get; } = [];

    /// <summary>The link relays.</summary>
    public List<RelayOptions> Relays { get; } = [];

    /// <summary>What is written to the log, on standard error: Trace, Debug, Information, Warning, Error, Critical or None.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Warning;

    /// <summary>Where measurements go.</summary>
    public TelemetryOptions Telemetry { get; } = new();

    /// <summary>All services and relays with their names.</summary>
    public IReadOnlyList<ServiceDefinition> Definitions()
    {
        List<ServiceDefinition> all = [];
        foreach (ServiceOptions service in Services)
        {
            int scheme = service.Address.IndexOf("://", StringComparison.Ordinal);
            string name = service.Name ?? Free($"{service.Kind}-{service.Address[..Math.Max(0, scheme)]}");
            all.Add(new ServiceDefinition(name, service.Kind, service.Address));
        }

        foreach (RelayOptions relay in Relays)
        {
            all.Add(new ServiceDefinition(relay.Name ?? Free("relay"), ServiceKinds.Relay, relay.Listen, relay.Target, relay.Link));
        }

        return all;

        string Free(string wanted)
        {
            IEnumerable<string> taken = all.Select(d => d.Name).Concat(Services.Select(s => s.Name)).Concat(Relays.Select(r => r.Name)).OfType<string>();
            return Enumerable.Range(1, Services.Count + Relays.Count).Select(n => n == 1 ? wanted : $"{wanted}-{n}").First(n => !taken.Contains(n));
        }
    }

    /// <summary>Checks everything that can be checked before a socket is opened.</summary>
    /// <exception cref="UsageException">Says which entry is wrong and why.</exception>
    public void Validate()
    {
        for (int i = 0; i < Services.Count; i++)
        {
            Check($"Lab:Services:{i}", Services[i].Validate);
        }

        for (int i = 0; i < Relays.Count; i++)
        {
            Check($"Lab:Relays:{i}", Relays[i].Validate);
        }

        Check("Lab:Telemetry", Telemetry.Validate);
        IReadOnlyList<ServiceDefinition> all = Definitions();
        foreach (ServiceDefinition definition in all)
        {
            Check($"Lab: {definition.Name}", definition.Validate);
            if (all.Count(d => d.Name == definition.Name) > 1)
            {
                throw new UsageException($"configuration: Name '{definition.Name}': two services have it");
            }
        }

        if (all.Count > LabServices.Most)
        {
            throw new UsageException($"configuration: {all.Count} services; a lab has {LabServices.Most} at most");
        }

        if (Services.Count + Relays.Count == 0)
        {
            throw new UsageException("configuration: Lab:Services and Lab:Relays are empty, there is nothing to serve");
        }
    }

    private void Check(string path, Action<bool> validate)
    {
        try
        {
            validate(AllowRemote);
        }
        catch (UsageException error)
        {
            throw new UsageException($"configuration: {path}: {error.Message}");
        }
    }
}
