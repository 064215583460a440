using NetLab.Host.Settings;

namespace NetLab.Host.Backends;

/// <summary>A server that a balancer passes connections on to. Its pool's lock guards it.</summary>
/// <param name="address">Where it is, resolved.</param>
internal sealed class Backend(LabAddress address)
{
    /// <summary>Where it is.</summary>
    public LabAddress Address => address;

    /// <summary>What it is called: HOST:PORT.</summary>
    public string Name { get; } = address.ToString()[(address.ToString().IndexOf("://", StringComparison.Ordinal) + 3)..];

    /// <summary>Whether somebody took it out: it gets no new connection, and keeps those it has.</summary>
    public bool IsOut { get; set; }

    /// <summary>Whether it failed its checks: it gets no new connection until it passes them again.</summary>
    public bool IsDown { get; set; }

    /// <summary>Checks failed in a row, or passed in a row while it is down.</summary>
    public int Streak { get; set; }

    /// <summary>Connections it has now.</summary>
    public int Open { get; set; }

    /// <summary>Connections it was given.</summary>
    public long Given { get; set; }

    /// <summary>Connections that it did not accept, and that went to another.</summary>
    public long Failures { get; set; }

    /// <summary>It as it is now.</summary>
    public BackendState State => new(
        Name, address.ToString(), (IsOut, IsDown) switch { (true, _) => Open > 0 ? "draining" : "out", (_, true) => "down", _ => "in" }, Open, Given, Failures);
}
