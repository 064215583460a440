using System.Net;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Transport;
using NetLab.Udp.Devices;

namespace NetLab.Host.Streams;

/// <summary>
/// NetLab's TCP on TUN devices. Only one process, and in it one endpoint, can have a device open: all that use it share it, and it is closed behind the
/// last. A device is the process's, and so is this. Safe for use by several threads.
/// </summary>
internal static class TunEndpoints
{
    private static readonly Lock Guard = new();
    private static readonly Dictionary<string, Shared> Open = [];

    /// <summary>An endpoint that has an address.</summary>
    /// <param name="address">What was said, for messages.</param>
    /// <param name="local">The address it has to have.</param>
    /// <param name="options">How it is set up if it is not there yet, by its addresses.</param>
    /// <exception cref="UsageException">No device has the address on its network, or it is somebody else's.</exception>
    public static TunLease Listen(LabAddress address, IPAddress local, Func<IReadOnlyList<IPAddress>, TcpEndpointOptions> options)
    {
        IReadOnlyList<TunNetwork> all = TunNetwork.All();
        TunNetwork network = all.FirstOrDefault(n => n.Contains(local)) ?? throw NoDevice(address, local);
        if (all.Any(n => n.Kernel.Equals(local)))
        {
            throw new UsageException($"'{address}': {local} is the kernel's own address on {network.Device}; NetLab's is another one of {network}, such as {network.Own()}");
        }

        try
        {
            TunLease lease = TakeOrOpen(network.Device, () => AddressesOf(all, network.Device, local), options);
            if (lease.Addresses.Contains(local))
            {
                return lease;
            }

            lease.Forget();
            throw new AddressTakenException($"'{address}': {network.Device} is open already with {string.Join(" and ", lease.Addresses)}");
        }
        catch (IOException error)
        {
            throw Refused(address, network.Device, error);
        }
    }

    /// <summary>An endpoint to reach a peer from: on the device of its network if that is the kernel, else on any that is not in use.</summary>
    /// <param name="address">What was said, for messages.</param>
    /// <param name="remote">The peer.</param>
    /// <param name="options">How it is set up if it is not there yet, by its addresses.</param>
    /// <exception cref="UsageException">There is no device, or no right to open one.</exception>
    /// <exception cref="IOException">Nobody has the address.</exception>
    public static TunLease Connect(LabAddress address, IPAddress remote, Func<IReadOnlyList<IPAddress>, TcpEndpointOptions> options)
    {
        IReadOnlyList<TunNetwork> all = TunNetwork.All();
        TunNetwork? home = all.FirstOrDefault(n => n.Contains(remote));
        string[] devices =
        [
            .. all.Where(n => n.Kernel.AddressFamily == remote.AddressFamily).OrderByDescending(n => n.Kernel.Equals(remote)).Select(n => n.Device).Distinct(),
        ];
        if (devices.Length == 0)
        {
            throw NoDevice(address, remote);
        }

        DeviceBusyException? busy = null;
        foreach (string device in devices)
        {
            bool isHome = home?.Device == device && !home.Kernel.Equals(remote);
            try
            {
                TunLease lease = TakeOrOpen(device, () => AddressesOf(all, device, null), options);
                if (!isHome)
                {
                    return lease;
                }

                bool isOurs = lease.Addresses.Contains(remote);
                lease.Forget();
                if (!isOurs || devices.Length == 1)
                {
                    // Whoever has the device open is everybody on its network but the kernel, and that is this process.
                    throw new IOException($"{address}: nobody has that address: {device} is open here, with {string.Join(" and ", lease.Addresses)}");
                }
            }
            catch (DeviceBusyException error)
            {
                busy = error;
            }
            catch (IOException error) when (!isHome)
            {
                throw Refused(address, device, error);
            }
        }

        throw new UsageException($"'{address}': {busy?.Message ?? "it is this process's own"}, and there is no other TUN device to come from; nlab up with two addresses makes two");
    }

    private static UsageException NoDevice(LabAddress address, IPAddress own) =>
        new($"'{address}': no TUN device here has {own} on its network; nlab up tun://{(own.AddressFamily == AddressFamily.InterNetwork ? "10.9.0.1/24" : "[fd09::1]/64")} makes one");

    private static UsageException Refused(LabAddress address, string device, IOException error) => error is DeviceBusyException
        ? new AddressTakenException($"'{address}': {error.Message}, in another process")
        : new UsageException($"'{address}': {error.Message}; {device} may be opened by root, by whoever has CAP_NET_ADMIN, and by the user for whom nlab up made it");

    // The one that was asked for, and of the other version of IP the usual one.
    private static IPAddress[] AddressesOf(IReadOnlyList<TunNetwork> all, string device, IPAddress? asked) =>
    [
        .. all.Where(n => n.Device == device).GroupBy(n => n.Kernel.AddressFamily)
            .Select(g => asked is not null && asked.AddressFamily == g.Key ? asked : g.First().Own()),
    ];

    // One that is just being closed is waited for.
    private static TunLease TakeOrOpen(string device, Func<IReadOnlyList<IPAddress>> addressesOf, Func<IReadOnlyList<IPAddress>, TcpEndpointOptions> options)
    {
        while (true)
        {
            Task closed;
            lock (Guard)
            {
                if (!Open.TryGetValue(device, out Shared? shared))
                {
                    IReadOnlyList<IPAddress> addresses = addressesOf();
                    shared = new Shared(device, addresses, TcpEndpoint.Open(new IpInterface(TunDevice.Create(device, offloads: true), addresses), options(addresses)));
                    Open.Add(device, shared);
                    return shared.Take();
                }

                if (!shared.IsClosing && !shared.Endpoint.Completion.IsCompleted)
                {
                    return shared.Take();
                }

                closed = shared.CloseAsync();
            }

            closed.GetAwaiter().GetResult();
        }
    }

    private sealed class Shared(string device, IReadOnlyList<IPAddress> addresses, TcpEndpoint endpoint)
    {
        private int _users;
        private Task? _closing;

        public TcpEndpoint Endpoint => endpoint;

        public bool IsClosing => _closing is not null;

        // Under the lock, as all that follows.
        public TunLease Take()
        {
            _users++;
            return new TunLease(endpoint, addresses, GiveBackAsync);
        }

        public Task CloseAsync() => _closing ??= Task.Run(async () =>
        {
            await endpoint.DisposeAsync().ConfigureAwait(false);
            lock (Guard)
            {
                Open.Remove(device);
            }
        });

        private async ValueTask GiveBackAsync()
        {
            Task closing;
            lock (Guard)
            {
                if (--_users > 0)
                {
                    return;
                }

                closing = CloseAsync();
            }

            await closing.ConfigureAwait(false);
        }
    }
}
