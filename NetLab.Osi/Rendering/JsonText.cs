using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using NetLab.Osi.Protocols;
using NetLab.Osi.Text;

namespace NetLab.Osi.Rendering;

/// <summary>
/// Writes JSON (RFC 8259) without looking back: commas follow from the last byte written. It writes what a decoder of
/// packets needs several times faster than a general writer; tests read every line of it with one.
/// </summary>
internal sealed class JsonText
{
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create(
    [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F,
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1B, 0x1C, 0x1D, 0x1E, 0x1F,
        (byte)'"', (byte)'\\', 0x7F,
        0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F,
        0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F,
        0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF,
        0xB0, 0xB1, 0xB2, 0xB3, 0xB4, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE, 0xBF,
        0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF,
        0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF,
        0xE0, 0xE1, 0xE2, 0xE3, 0xE4, 0xE5, 0xE6, 0xE7, 0xE8, 0xE9, 0xEA, 0xEB, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0, 0xF1, 0xF2, 0xF3, 0xF4, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF,
    ]);

    private static readonly JavaScriptEncoder Escape = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public Utf8Text Text { get; } = new();

    public void BeginObject(ReadOnlySpan<byte> name = default)
    {
        Name(name);
        Text.Append((byte)'{');
    }

    public void EndObject() => Text.Append((byte)'}');

    public void BeginList(ReadOnlySpan<byte> name)
    {
        Name(name);
        Text.Append((byte)'[');
    }

    public void EndList() => Text.Append((byte)']');

    public void Number(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        Text.Append(value);
    }

    public void Flag(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        Text.Append(value ? "true"u8 : "false"u8);
    }

    /// <summary>A text that is known to hold nothing that needs escaping.</summary>
    public void Plain(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        Text.Append((byte)'"');
        Text.Append(value);
        Text.Append((byte)'"');
    }

    public void String(ReadOnlySpan<byte> name, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOfAny(NotPlain) < 0)
        {
            Plain(name, utf8);
        }
        else
        {
            // Invalid sequences become U+FFFD, so that a line is always valid UTF-8.
            String(name, Encoding.UTF8.GetString(utf8));
        }
    }

    public void String(ReadOnlySpan<byte> name, string value)
    {
        Name(name);
        Text.Append((byte)'"');
        Text.Append(WithoutHidden(Escape.Encode(value)));
        Text.Append((byte)'"');
    }

    public void Ip(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address)
    {
        Name(name);
        Text.Append((byte)'"');
        Text.Advance(AddressText.Ip(address, Text.GetSpan(AddressText.MaxLength)));
        Text.Append((byte)'"');
    }

    public void Mac(ReadOnlySpan<byte> name, ReadOnlySpan<byte> address)
    {
        Name(name);
        Text.Append((byte)'"');
        Text.Advance(AddressText.Mac(address, Text.GetSpan(Math.Max(AddressText.MaxLength, 3 * address.Length))));
        Text.Append((byte)'"');
    }

    public void Real(ReadOnlySpan<byte> name, double value)
    {
        Name(name);

        // JSON has no infinities and no NaN.
        Text.Append(double.IsFinite(value) ? value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : "null");
    }

    public void Number(Field field, long value)
    {
        Name(field);
        Text.Append(value);
    }

    public void Unsigned(Field field, ulong value)
    {
        Name(field);
        Text.Append(value);
    }

    public void Flag(Field field, bool value)
    {
        Name(field);
        Text.Append(value ? "true"u8 : "false"u8);
    }

    public void Name(Field field)
    {
        byte[] prefix = field.JsonPrefix;
        Span<byte> room = Text.GetSpan(prefix.Length + 1);
        if (Text.Last is not ((byte)'{' or (byte)'[' or (byte)'\n' or 0))
        {
            room[0] = (byte)',';
            prefix.CopyTo(room[1..]);
            Text.Advance(prefix.Length + 1);
        }
        else
        {
            prefix.CopyTo(room);
            Text.Advance(prefix.Length);
        }
    }

    /// <summary>A comma where one is due, and the name of what follows; no name inside a list.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        Span<byte> room = Text.GetSpan(name.Length + 4);
        int at = 0;
        if (Text.Last is not ((byte)'{' or (byte)'[' or (byte)'\n' or 0))
        {
            room[at++] = (byte)',';
        }

        if (!name.IsEmpty)
        {
            room[at++] = (byte)'"';
            name.CopyTo(room[at..]);
            at += name.Length;
            room[at++] = (byte)'"';
            room[at++] = (byte)':';
        }

        Text.Advance(at);
    }

    // The encoder leaves what turns text around or is not seen (Unicode, category Cf) as it is; a person who reads the lines is
    // to see that it is there. A parser reads the same value.
    private static string WithoutHidden(string encoded)
    {
        StringBuilder? escaped = null;
        int at = 0;
        foreach (Rune rune in encoded.EnumerateRunes())
        {
            if (VisibleText.IsHidden(rune))
            {
                escaped ??= new StringBuilder(encoded, 0, at, encoded.Length + 16);
                foreach (char c in rune.ToString())
                {
                    escaped.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                }
            }
            else
            {
                escaped?.Append(rune.ToString());
            }

            at += rune.Utf16SequenceLength;
        }

        return escaped?.ToString() ?? encoded;
    }
}
