using System.Net;
using NetLab.Tcp.Segments;
using NetLab.Udp.Flows;
using NetLab.Udp.Links;

namespace NetLab.Host.Services;

/// <summary>How the lab sets up every relay: scripted drops mean segments, and what only serves a measurement is counted apart.</summary>
internal static class LabRelay
{
    /// <summary>The options of a relay.</summary>
    public static LinkRelayOptions OptionsFor(IPEndPoint listen, IPEndPoint target, LinkDescription link, ulong seed) => new()
    {
        Listen = listen,
        Target = target,
        Link = link,
        Seed = seed,
        Match = SegmentKind.Matches,
        IsAside = ProbeHeader.IsAside,
    };
}
