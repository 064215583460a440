using System.Net;

namespace NetLab.Osi.Text;

/// <summary>Addresses as people write them, in ASCII.</summary>
internal static class AddressText
{
    /// <summary>Room for any IP address (RFC 5952; RFC 4291, 2.2) or a hardware address of up to 16 bytes.</summary>
    public const int MaxLength = 48;

    private static ReadOnlySpan<byte> Hex => "0123456789abcdef"u8;

    /// <summary>A hardware address as <c>aa:bb:cc:dd:ee:ff</c>.</summary>
    /// <returns>Bytes written.</returns>
    public static int Mac(ReadOnlySpan<byte> address, Span<byte> text)
    {
        int at = 0;
        foreach (byte b in address)
        {
            text[at] = Hex[b >> 4];
            text[at + 1] = Hex[b & 15];
            text[at + 2] = (byte)':';
            at += 3;
        }

        return Math.Max(0, at - 1);
    }

    /// <summary>An IPv4 or IPv6 address in canonical text (RFC 5952).</summary>
    /// <returns>Bytes written.</returns>
    public static int Ip(ReadOnlySpan<byte> address, Span<byte> text)
    {
        if (address.Length != 4)
        {
            // A struct on the stack would do; the class is what formats by RFC 5952.
            new IPAddress(address).TryFormat(text, out int written);
            return written;
        }

        int at = 0;
        for (int i = 0; i < 4; i++)
        {
            int value = address[i];
            if (value >= 100)
            {
                text[at++] = (byte)('0' + (value / 100));
            }

            if (value >= 10)
            {
                text[at++] = (byte)('0' + (value / 10 % 10));
            }

            text[at++] = (byte)('0' + (value % 10));
            text[at++] = (byte)'.';
        }

        return at - 1;
    }

    /// <summary>A hardware address as a string.</summary>
    public static string Mac(ReadOnlySpan<byte> address)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        return System.Text.Encoding.ASCII.GetString(text[..Mac(address, text)]);
    }

    /// <summary>An IP address as a string.</summary>
    public static string Ip(ReadOnlySpan<byte> address)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        return System.Text.Encoding.ASCII.GetString(text[..Ip(address, text)]);
    }
}
