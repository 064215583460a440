using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>One service of the configuration.</summary>
internal sealed class ServiceOptions
{
    /// <summary>What it is called; by kind and transport if nothing is said.</summary>
    public string? Name { get; set; }

    /// <summary>What it does: echo, discard, source or http.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Where it listens.</summary>
    public string Address { get; set; } = "";

    public void Validate(bool allowRemote)
    {
        if (!ServiceKinds.Names.Contains(Kind))
        {
            throw new UsageException($"Kind '{Kind}': the services are {string.Join(", ", ServiceKinds.Names)}");
        }

        LabAddress address = LabAddress.Parse(Address);
        if (Kind == ServiceKinds.Http && !address.IsStream)
        {
            throw new UsageException($"'{Address}': http needs a byte stream: tcp:// or kernel-tcp://");
        }

        address.Resolve(allowRemote);
    }
}
