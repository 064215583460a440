using System.Net;
using System.Net.Sockets;
using NetLab.Tcp.Segments;
using NetLab.Udp.Flows;
using NetLab.Udp.Links;

namespace NetLab.Host.Relays;

/// <summary>How the lab sets up every relay: scripted drops mean segments, and what only serves a measurement is counted apart.</summary>
internal static class LabRelay
{
    /// <summary>Starts one on loopback, at a port that the system chooses, in front of a server.</summary>
    public static LinkRelay Start(IPEndPoint target, LinkDescription link, ulong seed)
    {
        IPAddress loopback = target.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        var relay = new LinkRelay(OptionsFor(new IPEndPoint(loopback, 0), target, link, seed));
        relay.Start();
        return relay;
    }

    /// <summary>Starts one on loopback with several ways through one link, at ports that the system chooses.</summary>
    /// <param name="link">The link.</param>
    /// <param name="seed">Its seed, unless it names one.</param>
    /// <param name="routes">Where each leads; a reversed one is for clients at the link's far end.</param>
    public static LinkRelay Start(LinkDescription link, ulong seed, IReadOnlyList<(IPEndPoint Target, bool IsReversed)> routes)
    {
        var listen = new IPEndPoint(IPAddress.Loopback, 0);
        var relay = new LinkRelay(OptionsFor(listen, routes[0].Target, link, seed) with
        {
            IsReversed = routes[0].IsReversed,
            MoreRoutes = [.. routes.Skip(1).Select(route => new LinkRoute(listen, route.Target, route.IsReversed))],
        });
        relay.Start();
        return relay;
    }

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
