using System.Net;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Forwarding;

/// <summary>What a forward does. Addresses are resolved already.</summary>
/// <param name="From">Where it listens.</param>
/// <param name="To">Where it passes on to.</param>
/// <param name="Streams">How byte streams are set up on either side, and what is recorded.</param>
internal sealed record ForwardSettings(LabAddress From, LabAddress To, StreamOptions Streams)
{
    /// <summary>Told of each connection as it is accepted.</summary>
    public Action<ForwardConnection>? OnOpened { get; init; }

    /// <summary>Told of each connection as it is over.</summary>
    public Action<ForwardConnection>? OnClosed { get; init; }

    /// <summary>The place of the listening side in a recording.</summary>
    public string SourcePlace { get; init; } = "forward, at its clients";

    /// <summary>The place of the other side in a recording.</summary>
    public string TargetPlace { get; init; } = "forward, at its target";

    /// <summary>An address that was resolved, as an end point.</summary>
    public static IPEndPoint EndPointOf(LabAddress address) => new(IPAddress.Parse(address.Host), address.UdpPort ?? address.Port);
}
