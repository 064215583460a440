using NetLab.Host.Commands;

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
