using System.Net;
using System.Net.NetworkInformation;
using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>Where a service listens and passes things on to: what circles of services are found by.</summary>
/// <param name="From">The transport it listens by.</param>
/// <param name="Listen">Where it listens.</param>
/// <param name="To">The transport it passes on by.</param>
/// <param name="Target">Where it passes on to.</param>
internal sealed record ServiceRoute(LabTransport From, IPEndPoint Listen, LabTransport To, IPEndPoint Target)
{
    /// <summary>Sees that what enters a route does not come back to it by way of others.</summary>
    /// <param name="first">The route.</param>
    /// <param name="others">Those that run beside it.</param>
    /// <exception cref="UsageException">It does.</exception>
    public static void CheckForCircle(ServiceRoute first, IEnumerable<ServiceRoute> others)
    {
        ServiceRoute[] all = [.. others];
        var seen = new HashSet<ServiceRoute> { first };
        var next = new Queue<ServiceRoute>([first]);
        while (next.TryDequeue(out ServiceRoute? route))
        {
            if (route.LeadsTo(first))
            {
                string way = route == first ? "itself" : $"{route.Listen}, and that leads back";
                throw new UsageException($"'{first.Target}': passes on to {way}: a datagram would circle for ever");
            }

            foreach (ServiceRoute other in all.Where(route.LeadsTo).Where(seen.Add))
            {
                next.Enqueue(other);
            }
        }
    }

    private bool LeadsTo(ServiceRoute other) =>
        PortsOf(To) == PortsOf(other.From) && Target.Port == other.Listen.Port && other.Listen.Port != 0 && IsSamePlace(other.Listen.Address, Target.Address);

    // NetLab's TCP over UDP is UDP to the system: it has UDP's ports.
    private static LabTransport PortsOf(LabTransport transport) => transport switch
    {
        LabTransport.KernelTcp or LabTransport.RawTcp => LabTransport.KernelTcp,
        LabTransport.TunTcp => LabTransport.TunTcp,
        _ => LabTransport.Udp,
    };

    private static bool IsSamePlace(IPAddress listen, IPAddress target)
    {
        (listen, target) = (Plain(listen), Plain(target));
        bool anyListen = listen.Equals(IPAddress.Any) || listen.Equals(IPAddress.IPv6Any);
        bool anyTarget = target.Equals(IPAddress.Any) || target.Equals(IPAddress.IPv6Any);
        return listen.Equals(target) || (anyListen && (anyTarget || IsOwn(target))) || (anyTarget && IsOwn(listen));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool IsOwn(IPAddress address) => IPAddress.IsLoopback(address)
        || NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Any(a => a.Address.Equals(address));
}
