using System.Globalization;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Udp.Devices;

namespace NetLab.Host.Relays;

/// <summary>
/// TUN devices for NetLab's TCP, in this process's network namespace or in one of their own, that other processes open. Everything goes when this is
/// disposed of.
/// </summary>
internal sealed class TunSetup : IDisposable
{
    /// <summary>The largest MTU that IP has.</summary>
    public const int LargestMtu = 65_535;

    /// <summary>IPv6 needs this much (RFC 8200, 5), IPv4 less (RFC 791, 3.2).</summary>
    public const int LeastMtu = 68;

    // Packets that wait for whoever has the device open: more than a window of full segments.
    private const int QueueLength = 5000;

    private static readonly MakerMarks Marks = new("devices");

    private readonly List<string> _steps = [];
    private readonly List<Action> _undo = [];
    private NetworkNamespace? _namespace;

    private TunSetup()
    {
    }

    /// <summary>The devices' names, and the kernel's addresses on each.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<TunAddress> Addresses)> Devices { get; private set; } = [];

    /// <summary>What was done, as commands that would do the same.</summary>
    public IReadOnlyList<string> Steps => _steps;

    /// <summary>Makes them.</summary>
    /// <param name="devices">The kernel's addresses on each.</param>
    /// <param name="networkNamespace">What the namespace is called that is made for them; null for this process's own.</param>
    /// <param name="mtu">The devices' MTU, in bytes.</param>
    /// <exception cref="UsageException">It cannot be done: the message says what, and why.</exception>
    public static TunSetup Create(IReadOnlyList<IReadOnlyList<TunAddress>> devices, string? networkNamespace, int mtu)
    {
        if (!TunDevice.IsSupported)
        {
            throw new UsageException("up: needs Linux with TUN devices (/dev/net/tun)");
        }

        var setup = new TunSetup();
        try
        {
            if (networkNamespace is not null)
            {
                setup._namespace = NetworkNamespace.Create(networkNamespace);
                setup._undo.Add(setup._namespace.Dispose);
                setup._steps.Add($"ip netns add {networkNamespace}");
            }

            setup.Devices = [.. devices.Select((addresses, i) => (setup.Add(i, addresses, mtu), addresses))];
            if (devices.Count > 1)
            {
                setup.Forward("net/ipv4/ip_forward");
                setup.Forward("net/ipv6/conf/all/forwarding");
            }

            return setup;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            setup.Dispose();
            throw new UsageException($"up: {error.Message}; making a TUN device needs CAP_NET_ADMIN: sudo nlab up, or first unshare --map-root-user --net --mount");
        }
        catch
        {
            setup.Dispose();
            throw;
        }
    }

    /// <summary>Removes devices in this process's namespace that processes have left which are no more.</summary>
    /// <returns>Their names.</returns>
    public static IReadOnlyList<string> RemoveAbandoned()
    {
        var removed = new List<string>();
        foreach (string mark in Marks.Abandoned())
        {
            // What is in another namespace goes with that, or is found by who starts there.
            if (mark.Split('@') is [var name, var where] && where == NetworkNamespace.Here)
            {
                if (NetworkNamespace.TryIp(["link", "del", name]) is null)
                {
                    removed.Add(name);
                }

                Marks.Remove(mark);
            }
        }

        return removed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _undo.Count - 1; i >= 0; i--)
        {
            _undo[i]();
        }

        _undo.Clear();
    }

    private string Add(int index, IReadOnlyList<TunAddress> addresses, int mtu)
    {
        string name = _namespace is null ? FreeName() : string.Create(CultureInfo.InvariantCulture, $"{TunNetwork.NamePrefix}{index}");
        int? owner = int.TryParse(Environment.GetEnvironmentVariable("SUDO_UID"), CultureInfo.InvariantCulture, out int user) && user > 0 ? user : null;
        if (_namespace is null)
        {
            // Names come again in other namespaces.
            string mark = $"{name}@{NetworkNamespace.Here}";
            Marks.Add(mark);
            _undo.Add(() => Marks.Remove(mark));
        }

        using (var device = TunDevice.Create(name, _namespace?.Path))
        {
            device.Keep(owner);
        }

        _undo.Add(() => NetworkNamespace.TryIp([.. In, "link", "del", name]));
        _steps.Add($"ip {string.Join(' ', (string[])[.. In, "tuntap", "add", name, "mode", "tun", .. owner is { } id ? (string[])["user", id.ToString(CultureInfo.InvariantCulture)] : []])}");
        Run("link", "set", name, "mtu", mtu.ToString(CultureInfo.InvariantCulture), "txqueuelen", QueueLength.ToString(CultureInfo.InvariantCulture), "up");
        foreach (TunAddress address in addresses)
        {
            // Nobody else is on the device who could have the address: it needs no search for one, and is there at once.
            bool isIpv6 = address.Address.AddressFamily == AddressFamily.InterNetworkV6;
            Run(["addr", "add", $"{address}", "dev", name, .. isIpv6 ? (string[])["nodad"] : []]);
        }

        return name;
    }

    private string[] In => _namespace is { } there ? ["-n", there.Name] : [];

    private void Run(params string[] arguments)
    {
        NetworkNamespace.Ip([.. In, .. arguments]);
        _steps.Add($"ip {string.Join(' ', (string[])[.. In, .. arguments])}");
    }

    // From one device to the other.
    private void Forward(string path)
    {
        if (_namespace is { } there)
        {
            there.Set(path, "1");
            _steps.Add($"ip netns exec {there.Name} sh -c 'echo 1 > /proc/sys/{path}'");
            return;
        }

        string file = $"/proc/sys/{path}";
        if (File.Exists(file) && File.ReadAllText(file).Trim() is var before and not "1")
        {
            File.WriteAllText(file, "1");
            _undo.Add(() => File.WriteAllText(file, before));
            _steps.Add($"echo 1 > {file}");
        }
    }

    private static string FreeName()
    {
        for (int i = 0; ; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{TunNetwork.NamePrefix}{i}");
            if (!System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces().Any(n => n.Name == name))
            {
                return name;
            }
        }
    }
}
