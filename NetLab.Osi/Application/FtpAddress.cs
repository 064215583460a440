using System.Buffers.Text;
using System.Globalization;
using System.Net;
using NetLab.Osi.Text;

namespace NetLab.Osi.Application;

/// <summary>Where a data connection of FTP goes, as commands and replies write it.</summary>
internal static class FtpAddress
{
    /// <summary>Reads six numbers of a byte each: four of an address, two of a port (RFC 959, 4.1.2).</summary>
    public static IPEndPoint? Six(ReadOnlySpan<byte> text)
    {
        Span<byte> numbers = stackalloc byte[6];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!Utf8Parser.TryParse(text, out numbers[i], out int used) || (i < 5 && (used >= text.Length || text[used] != (byte)',')))
            {
                return null;
            }

            text = text[Math.Min(text.Length, used + 1)..];
        }

        int port = (numbers[4] << 8) | numbers[5];
        return port == 0 ? null : new IPEndPoint(new IPAddress(numbers[..4]), port);
    }

    /// <summary>Reads |family|address|port|, whose first two may be missing (RFC 2428).</summary>
    /// <param name="text">The text, from its first separator on.</param>
    /// <param name="otherwise">The address where none is told.</param>
    public static IPEndPoint? Extended(ReadOnlySpan<byte> text, IPAddress otherwise)
    {
        string[] parts = text.IsEmpty ? [] : AsciiText.Text(text).Split((char)text[0]);
        if (parts.Length < 5 || !int.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
        {
            return null;
        }

        return parts[2].Length == 0 ? new IPEndPoint(otherwise, port) : IPAddress.TryParse(parts[2], out IPAddress? address) ? new IPEndPoint(address, port) : null;
    }
}
