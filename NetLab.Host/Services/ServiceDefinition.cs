using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>What a service of the lab is to be: an entry of the configuration, or what somebody asks for while the lab runs.</summary>
/// <param name="Name">What it is called, once in a lab.</param>
/// <param name="Kind">What it does: one of <see cref="ServiceFactories.Kinds"/>.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Target">Where a relay or a forward passes on to, or a balancer's backends with commas between them; null for what is none of these.</param>
/// <param name="Link">Their link string; null for none.</param>
internal sealed record ServiceDefinition(string Name, string Kind, string Address, string? Target = null, string? Link = null)
{
    private const int LongestName = 64;

    /// <summary>Whether the service is started again when it fails; otherwise the lab ends.</summary>
    public bool Restart { get; init; }

    /// <summary>The congestion control of NetLab's TCP; null for its default.</summary>
    public string? Congestion { get; init; }

    /// <summary>The zones of a server of names, as a zone file has them; null where <see cref="ZoneFile"/> says it, or it is none.</summary>
    public string? Zone { get; init; }

    /// <summary>The file that holds them.</summary>
    public string? ZoneFile { get; init; }

    /// <summary>How a balancer chooses a backend; null for its default.</summary>
    public string? Policy { get; init; }

    /// <summary>How a balancer finds out which backends are well; null for its default.</summary>
    public string? Health { get; init; }

    /// <summary>Checks the name.</summary>
    /// <exception cref="UsageException">Says what is wrong.</exception>
    public void ValidateName()
    {
        if (Name.Length is 0 or > LongestName || !char.IsAsciiLetterOrDigit(Name[0]) || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw new UsageException($"Name '{Name}': a name is 1 to {LongestName} letters, digits, '-', '_' and '.', the first a letter or a digit");
        }
    }

    /// <summary>Where it listens.</summary>
    /// <exception cref="UsageException">It does not say, or not as an address.</exception>
    public LabAddress ParseAddress() => Address.Length == 0 ? throw new UsageException("Address: is missing") : LabAddress.Parse(Address);

    /// <summary>Sees that only a server of names has a zone, and only a balancer a policy.</summary>
    /// <exception cref="UsageException">Another kind has.</exception>
    public void CheckOwnMembers()
    {
        if ((Zone ?? ZoneFile) is not null && Kind != "dns")
        {
            throw new UsageException($"Kind '{Kind}': only dns has a zone");
        }

        if ((Policy ?? Health) is not null && Kind != "balancer")
        {
            throw new UsageException($"Kind '{Kind}': only a balancer has a policy and a health check");
        }
    }

    /// <summary>Sees that nothing is said that only other kinds have.</summary>
    /// <exception cref="UsageException">It is.</exception>
    public void RefuseTarget()
    {
        if (Target is not null || Link is not null)
        {
            throw new UsageException($"Kind '{Kind}': only a relay or a forward has a target and a link");
        }
    }

    /// <summary>Sees that a congestion control is there, and where it has an effect.</summary>
    /// <param name="transports">The transports of the service.</param>
    /// <exception cref="UsageException">It is not.</exception>
    public void CheckCongestion(params IEnumerable<LabTransport> transports)
    {
        CongestionNames.Parse(Congestion, "Congestion");
        if (Congestion is not null && !transports.Any(t => t is LabTransport.Tcp or LabTransport.TunTcp or LabTransport.RawTcp))
        {
            throw new UsageException($"Congestion '{Congestion}': is of NetLab's TCP, and {Name} has none");
        }
    }
}
