namespace NetLab.Host.Services;

/// <summary>One service of the configuration.</summary>
internal sealed class ServiceOptions
{
    /// <summary>What it is called; by kind and transport if nothing is said.</summary>
    public string? Name { get; set; }

    /// <summary>What it does: echo, discard, source, http, forward, dns or balancer.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Where it listens.</summary>
    public string Address { get; set; } = "";

    /// <summary>Where a forward passes on to; of a balancer, its backends with commas between them.</summary>
    public string? Target { get; set; }

    /// <summary>The link string of a forward.</summary>
    public string? Link { get; set; }

    /// <summary>The lines of a zone file, of dns.</summary>
    public List<string> Zone { get; } = [];

    /// <summary>The zone file of dns instead.</summary>
    public string? ZoneFile { get; set; }

    /// <summary>How a balancer chooses a backend.</summary>
    public string? Policy { get; set; }

    /// <summary>How a balancer finds out which backends are well.</summary>
    public string? Health { get; set; }

    /// <summary>The congestion control of NetLab's TCP.</summary>
    public string? Congestion { get; set; }

    /// <summary>Whether it is started again when it fails; otherwise the lab ends then, with 1.</summary>
    public bool Restart { get; set; }
}
