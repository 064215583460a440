using System.Globalization;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Udp.Devices;

namespace NetLab.Host.Relays;

/// <summary>
/// Two network namespaces, each with a TUN device that is its way to everywhere else: a link between the devices carries whatever the two say to each
/// other. Everything goes when this is disposed of.
/// </summary>
internal sealed class TunPair : IDisposable
{
    // At the far end of a device: each namespace has one.
    private const string DeviceName = "nlab0";

    private readonly List<IDisposable> _made = [];

    private TunPair()
    {
    }

    /// <summary>The first one's device.</summary>
    public TunDevice First { get; private set; } = null!;

    /// <summary>The second one's device.</summary>
    public TunDevice Second { get; private set; } = null!;

    /// <summary>What was done, as commands that would do the same.</summary>
    public IReadOnlyList<string> Steps { get; private set; } = [];

    /// <summary>Makes them.</summary>
    /// <param name="names">What the namespaces are called.</param>
    /// <param name="addresses">What their devices' addresses are.</param>
    /// <param name="mtu">The devices' MTU, in bytes.</param>
    /// <param name="offloads">Whether packets pass whose segments are still to be cut.</param>
    /// <exception cref="UsageException">It cannot be done: the message says what, and why.</exception>
    public static TunPair Create((string First, string Second) names, (TunAddress First, TunAddress Second) addresses, int mtu, bool offloads = false)
    {
        if (!TunDevice.IsSupported)
        {
            throw new UsageException("tun://: needs Linux with TUN devices (/dev/net/tun)");
        }

        var pair = new TunPair();
        try
        {
            var steps = new List<string>();
            pair.First = pair.Add(names.First, addresses.First, mtu, offloads, steps);
            pair.Second = pair.Add(names.Second, addresses.Second, mtu, offloads, steps);
            pair.Steps = steps;
            return pair;
        }
        catch (IOException error)
        {
            pair.Dispose();
            throw new UsageException($"tun://: {error.Message}; it needs CAP_NET_ADMIN, or root");
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _made.Count - 1; i >= 0; i--)
        {
            _made[i].Dispose();
        }

        _made.Clear();
    }

    private TunDevice Add(string name, TunAddress address, int mtu, bool offloads, List<string> steps)
    {
        var made = NetworkNamespace.Create(name);
        _made.Add(made);
        steps.Add($"ip netns add {name}");
        var device = TunDevice.Create(DeviceName, made.Path, offloads);
        _made.Add(device);
        steps.Add($"ip -n {name} tuntap add {DeviceName} mode tun");
        bool isIpv6 = address.Address.AddressFamily == AddressFamily.InterNetworkV6;
        Run("link", "set", DeviceName, "mtu", mtu.ToString(CultureInfo.InvariantCulture), "up");

        // Nobody else is on the device who could have the address: it needs no search for one, and is there at once.
        Run(isIpv6 ? ["addr", "add", $"{address}", "dev", DeviceName, "nodad"] : ["addr", "add", $"{address}", "dev", DeviceName]);
        Run(isIpv6 ? ["-6", "route", "add", "default", "dev", DeviceName] : ["route", "add", "default", "dev", DeviceName]);
        return device;

        void Run(params string[] arguments)
        {
            made.Run(arguments);
            steps.Add($"ip -n {name} {string.Join(' ', arguments)}");
        }
    }
}
