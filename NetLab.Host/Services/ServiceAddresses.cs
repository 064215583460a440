using NetLab.Host.Commands;

namespace NetLab.Host.Services;

/// <summary>Where the services listen, with the ports the system chose; each is published once it is bound.</summary>
internal sealed class ServiceAddresses
{
    private readonly List<(string Name, LabAddress Address)> _all = [];

    /// <summary>Called with each address as it is published.</summary>
    public Action<string, LabAddress>? OnPublished { get; set; }

    /// <summary>All that have been published, in order.</summary>
    public IReadOnlyList<(string Name, LabAddress Address)> All => _all;

    public void Publish(string name, LabAddress address)
    {
        _all.Add((name, address));
        OnPublished?.Invoke(name, address);
    }
}
