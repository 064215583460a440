using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NetLab.Host.Relays;
using NetLab.Host.Settings;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Transport;
using NetLab.Udp.Devices;

namespace NetLab.Host.Streams;

/// <summary>
/// NetLab's TCP beside the kernel's, on the kernel's own addresses of IPv4. The kernel knows nothing of its connections and answers their segments by RST: a
/// rule has to hold those back, which is printed, or set and removed again where the address says <c>?rst=drop</c>.
/// </summary>
internal static class RawEndpoints
{
    /// <summary>An endpoint that listens at one of the kernel's addresses.</summary>
    /// <exception cref="UsageException">The port is taken, the right is missing, or it is no address of IPv4.</exception>
    public static TunLease Listen(LabAddress address, IPEndPoint local, Func<IReadOnlyList<IPAddress>, TcpEndpointOptions> options)
    {
        if (local.Port == 0 || local.Address.Equals(IPAddress.Any))
        {
            throw new UsageException($"'{address}': beside the kernel's TCP an address and a port are to be said");
        }

        // Bound and not listened at: nobody else gets the port meanwhile. The protocol of a stream goes without saying, and the runtime lets two that
        // do not say it have no port in common (SO_REUSEADDR is what it sets where TCP is named).
        var claim = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            claim.Bind(local);
        }
        catch (SocketException error)
        {
            claim.Dispose();
            throw BindFailure.Explain(address, error);
        }

        return Open(address, local.Address, $"-s {local.Address} --sport {local.Port.ToString(CultureInfo.InvariantCulture)}", options, claim);
    }

    /// <summary>An endpoint to reach a peer from, by the address that the kernel would have.</summary>
    /// <exception cref="UsageException">The right is missing, or it is no address of IPv4.</exception>
    public static TunLease Connect(LabAddress address, IPEndPoint remote, Func<IReadOnlyList<IPAddress>, TcpEndpointOptions> options)
    {
        if (remote.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new UsageException($"'{address}': beside the kernel's TCP there is IPv4 only; tun-tcp:// has both");
        }

        using var route = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            route.Connect(remote);
        }
        catch (SocketException error)
        {
            throw new IOException($"{address}: {error.Message}", error);
        }

        return Open(address, ((IPEndPoint)route.LocalEndPoint!).Address, $"-d {remote.Address} --dport {remote.Port.ToString(CultureInfo.InvariantCulture)}", options, claim: null);
    }

    private static TunLease Open(LabAddress address, IPAddress local, string match, Func<IReadOnlyList<IPAddress>, TcpEndpointOptions> options, IDisposable? claim)
    {
        if (local.AddressFamily != AddressFamily.InterNetwork || !RawIpDevice.IsSupported)
        {
            claim?.Dispose();
            throw new UsageException($"'{address}': beside the kernel's TCP there is IPv4 only, on 64-bit Linux; tun-tcp:// has IPv6, too");
        }

        ResetRule? rule = null;
        try
        {
            foreach (string left in ResetRule.RemoveAbandoned())
            {
                Console.Error.WriteLine($"removed the rule '{left}', which a run that was killed had left");
            }

            var device = RawIpDevice.Open(local);
            rule = new ResetRule(match, address.HoldsResets);
            var endpoint = TcpEndpoint.Open(new IpInterface(device, local) { IsShared = true }, options([local]));
            return new TunLease(endpoint, [local], async () =>
            {
                await endpoint.DisposeAsync().ConfigureAwait(false);
                rule.Dispose();
                claim?.Dispose();
            });
        }
        catch (SocketException error)
        {
            rule?.Dispose();
            claim?.Dispose();
            throw new UsageException($"'{address}': {error.Message}; it needs CAP_NET_RAW: root, or setcap cap_net_raw+ep on the dotnet executable");
        }
        catch
        {
            rule?.Dispose();
            claim?.Dispose();
            throw;
        }
    }
}
