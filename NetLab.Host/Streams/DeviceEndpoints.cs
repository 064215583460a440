using System.Net;
using NetLab.Host.Settings;
using NetLab.Tcp.Transport;

namespace NetLab.Host.Streams;

/// <summary>Endpoints of NetLab's TCP over IP, on a TUN device or beside the kernel's stack, as an address says.</summary>
internal static class DeviceEndpoints
{
    /// <summary>An endpoint that listens at an address.</summary>
    /// <param name="address">What was said.</param>
    /// <param name="local">Where that is.</param>
    /// <param name="options">How it is set up if it is not there yet, by its addresses.</param>
    /// <exception cref="UsageException">It cannot be had; the message says why.</exception>
    public static TunLease Listen(LabAddress address, IPEndPoint local, Func<IReadOnlyList<IPAddress>, TcpEndpointOptions> options) => address.Transport == LabTransport.TunTcp
        ? TunEndpoints.Listen(address, local.Address, options)
        : RawEndpoints.Listen(address, local, options);

    /// <summary>An endpoint to reach a peer from.</summary>
    /// <param name="address">What was said.</param>
    /// <param name="remote">Where that is.</param>
    /// <param name="options">How it is set up if it is not there yet, by its addresses.</param>
    /// <exception cref="UsageException">It cannot be had; the message says why.</exception>
    public static TunLease Connect(LabAddress address, IPEndPoint remote, Func<IReadOnlyList<IPAddress>, TcpEndpointOptions> options) => address.Transport == LabTransport.TunTcp
        ? TunEndpoints.Connect(address, remote.Address, options)
        : RawEndpoints.Connect(address, remote, options);
}
