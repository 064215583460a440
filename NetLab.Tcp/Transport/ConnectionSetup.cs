using System.Net;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Options;
using NetLab.Udp.Sockets;

namespace NetLab.Tcp.Transport;

/// <summary>How an endpoint's connections behave: as was asked, with no larger segments than the carrier takes, and an observer that ends nobody.</summary>
/// <param name="usual">What is asked where nothing else is.</param>
/// <param name="carrier">The carrier.</param>
/// <param name="logger">Where it is written that an observer failed.</param>
internal sealed class ConnectionSetup(ConnectionOptions usual, Carrier carrier, ILogger logger)
{
    private static readonly DatagramAddress AnyIpv4 = DatagramAddress.From(new IPEndPoint(IPAddress.Any, 0));
    private static readonly DatagramAddress AnyIpv6 = DatagramAddress.From(new IPEndPoint(IPAddress.IPv6Any, 0));

    /// <summary>With one peer.</summary>
    public ConnectionOptions For(in DatagramAddress peer, ConnectionOptions? options)
    {
        options ??= usual;
        return options with
        {
            MaxSegmentSize = Math.Max(ConnectionOptions.SmallestSegmentSize, Math.Min(options.MaxSegmentSize, carrier.MaxSegmentSizeFor(peer))),
            Observe = GuardedObserver.Of(options.Observe, logger, carrier.LocalEndPoint),
        };
    }

    /// <summary>With whoever comes, by the version of IP.</summary>
    public (ConnectionOptions IPv4, ConnectionOptions IPv6) ForBoth(ConnectionOptions? options) => (For(AnyIpv4, options), For(AnyIpv6, options));
}
