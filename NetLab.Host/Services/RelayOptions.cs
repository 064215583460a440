namespace NetLab.Host.Services;

/// <summary>One link relay of the configuration.</summary>
internal sealed class RelayOptions
{
    /// <summary>What it is called; relay and a number if nothing is said.</summary>
    public string? Name { get; set; }

    /// <summary>Where clients send to.</summary>
    public string Listen { get; set; } = "";

    /// <summary>Where their datagrams go on to.</summary>
    public string Target { get; set; } = "";

    /// <summary>The link string.</summary>
    public string Link { get; set; } = "";

    /// <summary>Whether it is started again when it fails; otherwise the lab ends then, with 1.</summary>
    public bool Restart { get; set; }
}
