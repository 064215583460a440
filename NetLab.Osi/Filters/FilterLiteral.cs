using System.Globalization;
using System.Net;
using System.Text;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Filters;

/// <summary>Reads the values of an expression as values of the field that they are compared with.</summary>
internal static class FilterLiteral
{
    /// <summary>The value of a piece.</summary>
    /// <param name="token">The piece.</param>
    /// <param name="isNegative">Whether a minus stands before it.</param>
    /// <param name="type">The type of what it is compared with.</param>
    /// <param name="field">The field that it is compared with, if it is one.</param>
    /// <param name="width">How many bytes a number may have.</param>
    /// <exception cref="DisplayFilterException">It is no such value.</exception>
    public static FilterValue Read(FilterToken token, bool isNegative, ValueType type, Field? field, int width = 8)
    {
        string text = token.Text;
        FilterValue? value = type switch
        {
            ValueType.Integer => token.Kind == FilterTokenKind.Text ? Named(text, field) : Integer(text, isNegative) ?? Named(text, field),
            ValueType.Real => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
                ? new FilterValue(BitConverter.DoubleToInt64Bits(isNegative ? -real : real))
                : null,
            ValueType.Time => (field?.Kind is FieldKind.Time or FieldKind.Date ? TimeValue.TryParseMoment(text, out long time) : TimeValue.TryParseSeconds(text, out time))
                ? new FilterValue(isNegative ? -time : time)
                : null,
            ValueType.Text => Of(token.Bytes is { } bytes && token.Kind != FilterTokenKind.Word ? bytes : Encoding.UTF8.GetBytes(text)),
            ValueType.Mac => token.Kind == FilterTokenKind.Text ? null : HexBytes(text) is { Length: 6 } mac ? Of(mac) : null,
            ValueType.Ipv4 or ValueType.Ipv6 or ValueType.Ip => token.Kind == FilterTokenKind.Text ? null : Address(text, type),
            _ => token.Kind != FilterTokenKind.Word ? Of(token.Bytes ?? []) : HexBytes(text) is { } hex ? Of(hex) : null,
        };
        if (type == ValueType.Integer && value is { } number)
        {
            RefuseBeyond(number.Number, token, isNegative, field, width);
        }

        return value ?? throw new DisplayFilterException(token.At, $"'{text}' is no {NameOf(type, field)}{(field is null ? "" : $", which {field.FilterName} is")}");
    }

    // A number that the field cannot have is a slip of the hand. A small negative one is taken, as Wireshark takes it: it is below every value.
    private static void RefuseBeyond(Int128 number, FilterToken token, bool isNegative, Field? field, int width)
    {
        bool isSigned = field?.Kind == FieldKind.SignedNumber;
        int bits = field?.Kind == FieldKind.Boolean ? 64 : (8 * width) - (isSigned ? 1 : 0);
        Int128 most = (Int128.One << bits) - 1;
        Int128 least = isSigned ? -most - 1 : -most;
        if (number > most || number < least)
        {
            string of = field is null ? "" : $" for {field.FilterName}";
            throw new DisplayFilterException(
                token.At, number > most ? $"'{token.Text}' is too big{of}: at most {most}" : $"'{(isNegative ? "-" : "")}{token.Text}' is too small{of}: at least {(isSigned ? least : 0)}");
        }
    }

    private static FilterValue Of(byte[] bytes) => new(0, bytes, 0, bytes.Length);

    private static FilterValue? Integer(string text, bool isNegative)
    {
        ReadOnlySpan<char> digits = text;
        int radix = 10;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || text.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
        {
            radix = text[1] is 'x' or 'X' ? 16 : 2;
            digits = digits[2..];
        }
        else if (text.Length > 1 && text[0] == '0')
        {
            radix = 8;
            digits = digits[1..];
        }

        UInt128 value = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 16;
            if (digit >= radix)
            {
                return null;
            }

            // What is beyond 64 bits stays so, however many digits follow, and is refused as too big.
            value = value > ulong.MaxValue ? value : (value * (uint)radix) + (uint)digit;
        }

        return digits.IsEmpty ? null : new FilterValue(isNegative ? -(Int128)value : (Int128)value);
    }

    // Truths have names; numbers have those that the field declares.
    private static FilterValue? Named(string text, Field? field)
    {
        if (field?.Kind == FieldKind.Boolean)
        {
            return text.ToLowerInvariant() switch { "true" or "set" or "yes" => new FilterValue(1), "false" or "not set" or "no" => new FilterValue(0), _ => null };
        }

        for (int number = 0; field?.Names is { } names && number < 1024; number++)
        {
            if (string.Equals(names(number), text, StringComparison.OrdinalIgnoreCase))
            {
                return new FilterValue(number);
            }
        }

        return null;
    }

    private static FilterValue? Address(string text, ValueType type)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string address = slash < 0 ? text : text[..slash];
        bool isV4 = address.Count(c => c == '.') == 3 && !address.Contains(':', StringComparison.Ordinal);
        if (!IPAddress.TryParse(address, out IPAddress? ip) || (type == ValueType.Ipv4 && !isV4) || (type == ValueType.Ipv6 && isV4) || (!isV4 && !address.Contains(':', StringComparison.Ordinal)))
        {
            return null;
        }

        byte[] bytes = ip.GetAddressBytes();
        if (slash < 0)
        {
            return Of(bytes);
        }

        return int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int prefix) && prefix <= 8 * bytes.Length
            ? Of(bytes) with { Prefix = prefix }
            : null;
    }

    // 01:02, 01-02, 01.02, 0102, 0x02: pairs of digits; a single digit alone is a byte.
    private static byte[]? HexBytes(string text)
    {
        string digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        string[] parts = digits.Split(':', '-', '.');
        if (parts.Length == 1 && digits.Length == 1)
        {
            digits = "0" + digits;
            parts = [digits];
        }

        if (parts.Any(p => p.Length == 0 || (p.Length % 2 != 0 && parts.Length == 1)) || !parts.All(p => p.All(char.IsAsciiHexDigit)))
        {
            return null;
        }

        string all = string.Concat(parts.Select(p => p.Length % 2 == 0 ? p : "0" + p));
        return Convert.FromHexString(all);
    }

    private static string NameOf(ValueType type, Field? field) => type switch
    {
        ValueType.Integer => field?.Kind == FieldKind.Boolean ? "truth" : "whole number",
        ValueType.Real => "number",
        ValueType.Time => field?.Kind is FieldKind.Time or FieldKind.Date ? "date" : "number of seconds",
        ValueType.Mac => "hardware address",
        ValueType.Ipv4 => "IPv4 address",
        ValueType.Ipv6 => "IPv6 address",
        ValueType.Ip => "IP address",
        _ => "bytes",
    };
}
