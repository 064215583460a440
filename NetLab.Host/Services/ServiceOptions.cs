using NetLab.Host.Commands;

namespace NetLab.Host.Services;

/// <summary>One service of the configuration.</summary>
internal sealed class ServiceOptions
{
    /// <summary>What it does: echo, discard or source.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Where it listens.</summary>
    public string Address { get; set; } = "";

    public void Validate(bool allowRemote)
    {
        if (!ServiceKinds.Names.Contains(Kind))
        {
            throw new UsageException($"Kind '{Kind}': the services are {string.Join(", ", ServiceKinds.Names)}");
        }

        LabAddress.Parse(Address).Resolve(allowRemote);
    }
}
