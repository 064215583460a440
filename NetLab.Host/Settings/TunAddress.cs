using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NetLab.Host.Settings;

/// <summary>One end of a link between devices: <c>tun://10.9.1.1/24</c>, the address of a TUN device and the length of its network's prefix.</summary>
/// <param name="Address">The device's own address.</param>
/// <param name="PrefixLength">Bits of the prefix.</param>
internal sealed record TunAddress(IPAddress Address, int PrefixLength)
{
    private const string Scheme = "tun://";

    /// <summary>Whether a text means to be one.</summary>
    public static bool IsMeant(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads one.</summary>
    /// <exception cref="UsageException">It is none; the message names the text.</exception>
    public static TunAddress Parse(string text)
    {
        if (!IsMeant(text))
        {
            throw new UsageException($"'{text}': both ends of a link between devices are tun://ADDRESS/PREFIX");
        }

        string[] parts = text[Scheme.Length..].TrimStart('[').Split('/');
        if (parts.Length != 2 || !IPAddress.TryParse(parts[0].TrimEnd(']'), out IPAddress? address) || (address.AddressFamily == AddressFamily.InterNetwork && parts[0].Count(c => c == '.') != 3))
        {
            throw new UsageException($"'{text}': is tun://ADDRESS/PREFIX, such as tun://10.9.1.1/24");
        }

        int most = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int prefix) && prefix >= 1 && prefix <= most
            ? new TunAddress(address, prefix)
            : throw new UsageException($"'{text}': the prefix is 1 to {most} bits, not '{parts[1]}'");
    }

    /// <summary>As ip(8) and people write it.</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";
}
