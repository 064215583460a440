using System.Net;

namespace NetLab.Osi.Layers;

/// <summary>Addresses as people write them.</summary>
internal static class AddressText
{
    /// <summary>A MAC address as <c>aa:bb:cc:dd:ee:ff</c>.</summary>
    public static string Mac(ReadOnlySpan<byte> address) => string.Create(17, address.ToArray(), static (text, bytes) =>
    {
        const string Hex = "0123456789abcdef";
        for (int i = 0; i < bytes.Length; i++)
        {
            (text[3 * i], text[(3 * i) + 1]) = (Hex[bytes[i] >> 4], Hex[bytes[i] & 15]);
            if (i < bytes.Length - 1)
            {
                text[(3 * i) + 2] = ':';
            }
        }
    });

    /// <summary>An IPv4 or IPv6 address in canonical text (RFC 5952).</summary>
    public static string Ip(ReadOnlySpan<byte> address) => new IPAddress(address).ToString();
}
