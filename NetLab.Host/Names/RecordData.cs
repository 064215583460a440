using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NetLab.Host.Names;

/// <summary>What a record says, from text and to text (RFC 1035, 3.3 and 5.1; RFC 3596; RFC 2782; others as RFC 3597, 5 has them).</summary>
internal static class RecordData
{
    /// <summary>The longest SOA serial's companions: times go up to 2³¹ − 1 seconds (RFC 2181, 8).</summary>
    public const uint MaxTtl = int.MaxValue;

    /// <summary>Reads what stands behind the type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="words">The words.</param>
    /// <param name="origin">What names are relative to.</param>
    /// <param name="data">The same as on the wire.</param>
    /// <returns>What is wrong; null if nothing is.</returns>
    public static string? Read(ushort type, IReadOnlyList<ZoneWord> words, DomainName origin, out byte[] data)
    {
        data = [];
        var wire = new List<byte>();
        string? error = words is [{ IsQuoted: false, Text: @"\#" }, ..] ? Opaque(words, wire) : type switch
        {
            RecordType.A => Counted(words, 1, "an IPv4 address") ?? Address(words[0].Text, AddressFamily.InterNetwork, wire),
            RecordType.Aaaa => Counted(words, 1, "an IPv6 address") ?? Address(words[0].Text, AddressFamily.InterNetworkV6, wire),
            RecordType.Ns or RecordType.Cname or RecordType.Ptr => Counted(words, 1, "a name") ?? Name(words[0].Text, origin, wire),
            RecordType.Mx => Counted(words, 2, "a preference and a name") ?? Numbers(words, 1, wire) ?? Name(words[1].Text, origin, wire),
            RecordType.Srv => Counted(words, 4, "priority, weight, port and a name") ?? Numbers(words, 3, wire) ?? Name(words[3].Text, origin, wire),
            RecordType.Soa => Counted(words, 7, "two names, serial, refresh, retry, expire and minimum")
                ?? Name(words[0].Text, origin, wire) ?? Name(words[1].Text, origin, wire) ?? Serial(words[2].Text, wire) ?? Times(words.Skip(3), wire),
            RecordType.Txt => words.Count == 0 ? "TXT: at least one string" : Strings(words, wire),
            _ => $"{RecordType.NameOf(type)}: its data are written as \\# LENGTH HEX (RFC 3597)",
        };
        if (error is null && wire.Count > ushort.MaxValue)
        {
            error = "a record has 65535 octets at most";
        }

        data = error is null ? [.. wire] : [];
        return error ?? Malformed(type, data);
    }

    /// <summary>Reads a lifetime or another time: seconds, or 1h30m as BIND has it; null if it is none.</summary>
    public static uint? ReadTime(string text)
    {
        if (text.Length == 0 || !char.IsAsciiDigit(text[0]))
        {
            return null;
        }

        ulong sum = 0;
        ulong number = 0;
        bool isOpen = false;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                number = (number * 10) + (ulong)(c - '0');
                isOpen = true;
            }
            else
            {
                ulong unit = char.ToLowerInvariant(c) switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, 'w' => 604_800, _ => 0 };
                if (unit == 0 || !isOpen)
                {
                    return null;
                }

                sum += number * unit;
                (number, isOpen) = (0, false);
            }

            if (number > MaxTtl || sum > MaxTtl)
            {
                return null;
            }
        }

        sum += number;
        return sum <= MaxTtl ? (uint)sum : null;
    }

    /// <summary>What a record says as text; names in it uncompressed.</summary>
    public static string ToText(ushort type, ReadOnlySpan<byte> data)
    {
        if (Malformed(type, data.ToArray()) is not null)
        {
            return Opaque(data);
        }

        switch (type)
        {
            case RecordType.A or RecordType.Aaaa:
                return new IPAddress(data).ToString();
            case RecordType.Ns or RecordType.Cname or RecordType.Ptr:
                return new DomainName(data.ToArray()).ToString();
            case RecordType.Mx:
                return string.Create(CultureInfo.InvariantCulture, $"{U16(data, 0)} {new DomainName(data[2..].ToArray())}");
            case RecordType.Srv:
                return string.Create(CultureInfo.InvariantCulture, $"{U16(data, 0)} {U16(data, 2)} {U16(data, 4)} {new DomainName(data[6..].ToArray())}");
            case RecordType.Soa:
                int second = NameLength(data);
                int numbers = second + NameLength(data[second..]);
                var text = new StringBuilder($"{new DomainName(data[..second].ToArray())} {new DomainName(data[second..numbers].ToArray())}");
                for (int i = 0; i < 5; i++)
                {
                    text.Append(CultureInfo.InvariantCulture, $" {BinaryPrimitives.ReadUInt32BigEndian(data[(numbers + (4 * i))..])}");
                }

                return text.ToString();
            case RecordType.Txt:
                return Strings(data);
            default:
                return Opaque(data);
        }
    }

    /// <summary>The length of the name that data begin with; 0 if they begin with none. Pointers are none here.</summary>
    public static int NameLength(ReadOnlySpan<byte> data)
    {
        int at = 0;
        while (at < data.Length && data[at] is > 0 and < 64)
        {
            at += data[at] + 1;
        }

        return at < data.Length && at < DomainName.MaxLength && data[at] == 0 ? at + 1 : 0;
    }

    // Data that came as \# have to be what their type says: they are used as such.
    private static string? Malformed(ushort type, byte[] data)
    {
        int skipped = type switch { RecordType.Mx => 2, RecordType.Srv => 6, _ => 0 };
        bool isWell = type switch
        {
            RecordType.A => data.Length == 4,
            RecordType.Aaaa => data.Length == 16,
            RecordType.Ns or RecordType.Cname or RecordType.Ptr or RecordType.Mx or RecordType.Srv =>
                data.Length > skipped && NameLength(data.AsSpan(skipped)) == data.Length - skipped,
            RecordType.Soa => NameLength(data) is > 0 and int first && NameLength(data.AsSpan(first)) is > 0 and int second && data.Length == first + second + 20,
            RecordType.Txt => data.Length > 0 && AreStrings(data),
            _ => true,
        };
        return isWell ? null : $"{RecordType.NameOf(type)}: the data are not of this type";
    }

    private static bool AreStrings(byte[] data)
    {
        int at = 0;
        while (at < data.Length)
        {
            at += data[at] + 1;
        }

        return at == data.Length;
    }

    private static string? Counted(IReadOnlyList<ZoneWord> words, int count, string what) => words.Count == count ? null : $"{what} belongs here, and not {words.Count} words";

    private static string? Address(string text, AddressFamily family, List<byte> wire)
    {
        // "1" is an address to the system, and to nobody who writes a zone.
        if (!IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != family || (family == AddressFamily.InterNetwork && address.ToString() != text) || text.Contains('%', StringComparison.Ordinal))
        {
            return $"'{text}' is no {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address";
        }

        wire.AddRange(address.GetAddressBytes());
        return null;
    }

    private static string? Name(string text, DomainName origin, List<byte> wire)
    {
        if (!DomainName.TryParse(text, origin, out DomainName name, out string? error))
        {
            return $"'{text}': {error}";
        }

        wire.AddRange(name.Wire);
        return null;
    }

    private static string? Numbers(IReadOnlyList<ZoneWord> words, int count, List<byte> wire)
    {
        foreach (ZoneWord word in words.Take(count))
        {
            if (!ushort.TryParse(word.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number))
            {
                return $"'{word.Text}' is no number from 0 to 65535";
            }

            wire.AddRange([(byte)(number >> 8), (byte)number]);
        }

        return null;
    }

    private static string? Serial(string text, List<byte> wire)
    {
        if (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint serial))
        {
            return $"'{text}' is no serial number";
        }

        Add(wire, serial);
        return null;
    }

    private static string? Times(IEnumerable<ZoneWord> words, List<byte> wire)
    {
        foreach (ZoneWord word in words)
        {
            if (ReadTime(word.Text) is not { } seconds)
            {
                return $"'{word.Text}' is no time";
            }

            Add(wire, seconds);
        }

        return null;
    }

    private static string? Strings(IReadOnlyList<ZoneWord> words, List<byte> wire)
    {
        foreach (ZoneWord word in words)
        {
            if (TextOctets.ReadString(word.Text) is not { } octets)
            {
                return $"'{(word.Text.Length > 20 ? word.Text[..20] + "…" : word.Text)}' is no string of 255 octets at most";
            }

            wire.Add((byte)octets.Length);
            wire.AddRange(octets);
        }

        return null;
    }

    private static string Strings(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        for (int at = 0; at < data.Length; at += data[at] + 1)
        {
            text.Append(at > 0 ? " \"" : "\"");
            foreach (byte octet in data.Slice(at + 1, data[at]))
            {
                _ = octet is (byte)'"' or (byte)'\\' ? text.Append('\\').Append((char)octet)
                    : octet is >= 0x20 and < 0x7F ? text.Append((char)octet)
                    : text.Append(CultureInfo.InvariantCulture, $"\\{octet:000}");
            }

            text.Append('"');
        }

        return text.ToString();
    }

    private static string? Opaque(IReadOnlyList<ZoneWord> words, List<byte> wire)
    {
        string hex = string.Concat(words.Skip(2).Select(w => w.Text));
        if (words.Count < 2 || !ushort.TryParse(words[1].Text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort length)
            || hex.Length != 2 * length || !hex.All(char.IsAsciiHexDigit))
        {
            return "\\# is followed by a length and so many octets in hex (RFC 3597, 5)";
        }

        wire.AddRange(Convert.FromHexString(hex));
        return null;
    }

    private static string Opaque(ReadOnlySpan<byte> data) => string.Create(CultureInfo.InvariantCulture, $"\\# {data.Length} {Convert.ToHexString(data)}").TrimEnd();

    private static ushort U16(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt16BigEndian(data[at..]);

    private static void Add(List<byte> wire, uint value) => wire.AddRange([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
}
