using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>What a service of the lab is to be: an entry of the configuration, or what somebody asks for while the lab runs.</summary>
/// <param name="Name">What it is called, once in a lab.</param>
/// <param name="Kind">What it does: one of <see cref="ServiceKinds.Names"/>, or <see cref="ServiceKinds.Relay"/>.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Target">Where a relay passes datagrams on to; null for what is no relay.</param>
/// <param name="Link">A relay's link string; null for what is no relay.</param>
internal sealed record ServiceDefinition(string Name, string Kind, string Address, string? Target = null, string? Link = null)
{
    private const int LongestName = 64;

    /// <summary>Whether it is a link relay.</summary>
    public bool IsRelay => Kind == ServiceKinds.Relay;

    /// <summary>The entry of the configuration that says the same.</summary>
    public RelayOptions AsRelay => new() { Name = Name, Listen = Address, Target = Target ?? "", Link = Link ?? "" };

    /// <summary>Checks everything that can be checked before a socket is opened.</summary>
    /// <exception cref="UsageException">Says what is wrong.</exception>
    public void Validate(bool allowRemote)
    {
        if (Name.Length is 0 or > LongestName || !char.IsAsciiLetterOrDigit(Name[0]) || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new UsageException($"Name '{Name}': a name is 1 to {LongestName} letters, digits, '-', '_' and '.', the first a letter or a digit");
        }

        if (IsRelay)
        {
            AsRelay.Validate(allowRemote);
            return;
        }

        if (Target is not null || Link is not null)
        {
            throw new UsageException($"Kind '{Kind}': only a relay has a target and a link");
        }

        new ServiceOptions { Name = Name, Kind = Kind, Address = Address }.Validate(allowRemote);
    }
}
