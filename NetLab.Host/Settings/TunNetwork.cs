using System.Net;
using System.Net.NetworkInformation;

namespace NetLab.Host.Settings;

/// <summary>A TUN device of this machine, and a network on it: whoever opens the device is everybody there but the kernel.</summary>
/// <param name="Device">The device's name.</param>
/// <param name="Kernel">The kernel's own address there.</param>
/// <param name="PrefixLength">Bits of the network's prefix.</param>
internal sealed record TunNetwork(string Device, IPAddress Kernel, int PrefixLength)
{
    /// <summary>What devices that nlab makes are called, before a number.</summary>
    public const string NamePrefix = "nlab";

    /// <summary>All there are in this process's network namespace.</summary>
    public static IReadOnlyList<TunNetwork> All() => OperatingSystem.IsLinux()
        ?
        [
            .. NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => IsTun(i.Name))
                .SelectMany(i => i.GetIPProperties().UnicastAddresses, (i, a) => new TunNetwork(i.Name, a.Address, a.PrefixLength))
                .Where(n => !n.Kernel.IsIPv6LinkLocal)
                .OrderBy(n => n.Device, StringComparer.Ordinal),
        ]
        : [];

    /// <summary>Whether an address belongs to it.</summary>
    public bool Contains(IPAddress address) =>
        address.AddressFamily == Kernel.AddressFamily && new IPNetwork(Masked(Kernel, PrefixLength), PrefixLength).Contains(address);

    /// <summary>The first address that is not the kernel's: what NetLab has where nothing else is said.</summary>
    public IPAddress Own()
    {
        byte[] bytes = Masked(Kernel, PrefixLength).GetAddressBytes();
        do
        {
            bytes[^1]++;
        }
        while (new IPAddress(bytes).Equals(Kernel) && bytes[^1] < byte.MaxValue);
        return new IPAddress(bytes);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Masked(Kernel, PrefixLength)}/{PrefixLength}";

    // In a namespace that was entered without its /sys the name has to do.
    private static bool IsTun(string name) => File.Exists($"/sys/class/net/{name}/tun_flags") || name.StartsWith(NamePrefix, StringComparison.Ordinal);

    private static IPAddress Masked(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int bits = Math.Clamp(length - (8 * i), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - bits));
        }

        return new IPAddress(bytes);
    }
}
