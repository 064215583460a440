namespace NetLab.Host.Services;

/// <summary>One service of the configuration.</summary>
internal sealed class ServiceOptions
{
    /// <summary>What it is called; by kind and transport if nothing is said.</summary>
    public string? Name { get; set; }

    /// <summary>What it does: echo, discard, source, http or forward.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Where it listens.</summary>
    public string Address { get; set; } = "";

    /// <summary>Where a forward passes on to.</summary>
    public string? Target { get; set; }

    /// <summary>The link string of a forward.</summary>
    public string? Link { get; set; }

    /// <summary>The congestion control of NetLab's TCP.</summary>
    public string? Congestion { get; set; }

    /// <summary>Whether it is started again when it fails; otherwise the lab ends then, with 1.</summary>
    public bool Restart { get; set; }
}
