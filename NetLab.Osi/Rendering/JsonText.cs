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
        [.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\', .. Enumerable.Range(0x7F, 0x81).Select(b => (byte)b)]);

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
