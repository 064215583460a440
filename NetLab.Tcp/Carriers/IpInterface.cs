using System.Net;
using System.Net.Sockets;
using NetLab.Udp.Devices;

namespace NetLab.Tcp.Carriers;

/// <summary>A device for IP packets and the addresses that are NetLab's there: nobody else answers for them.</summary>
public sealed class IpInterface
{
    /// <summary>Names them.</summary>
    /// <param name="device">The device; an endpoint that gets this is its only user from then on, and disposes of it.</param>
    /// <param name="addresses">One of IPv4, one of IPv6, or both.</param>
    /// <exception cref="ArgumentException">None, several of a version, or one that nobody can have.</exception>
    public IpInterface(IpDevice device, params IReadOnlyList<IPAddress> addresses)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(addresses);
        Device = device;
        IPv4 = addresses.SingleOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork);
        IPv6 = addresses.SingleOrDefault(a => a.AddressFamily == AddressFamily.InterNetworkV6);
        if (addresses.Count == 0 || addresses.Any(a => a.Equals(IPAddress.Any) || a.Equals(IPAddress.IPv6Any) || a.IsIPv4MappedToIPv6 || a.IsIPv6Multicast))
        {
            throw new ArgumentException("An interface has an address of its own, of IPv4, of IPv6, or of both.", nameof(addresses));
        }
    }

    /// <summary>
    /// Whether the addresses are the kernel's, too (<see cref="RawIpDevice"/>): then it answers what belongs to no connection, and echo requests; and what it
    /// sends to itself is taken, its checksum left open.
    /// </summary>
    public bool IsShared { get; init; }

    /// <summary>The device.</summary>
    public IpDevice Device { get; }

    /// <summary>The address of IPv4, if there is one.</summary>
    public IPAddress? IPv4 { get; }

    /// <summary>The address of IPv6, if there is one.</summary>
    public IPAddress? IPv6 { get; }
}
