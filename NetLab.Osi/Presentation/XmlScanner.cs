namespace NetLab.Osi.Presentation;

/// <summary>What an <see cref="XmlScanner"/> stands on.</summary>
internal enum XmlToken
{
    /// <summary>The bytes are no XML from here on.</summary>
    Bad,

    /// <summary>The bytes end here, or within a tag that may go on.</summary>
    End,

    /// <summary>A tag that begins an element.</summary>
    Start,

    /// <summary>A tag that is an element by itself.</summary>
    Empty,

    /// <summary>A tag that ends an element.</summary>
    Close,

    /// <summary>What stands between tags.</summary>
    Text,

    /// <summary>A declaration, a comment or an instruction.</summary>
    Other,
}

/// <summary>
/// Goes through XML (W3C, fifth edition) tag by tag, as far as a stream of messages needs it: it never throws, takes no memory, and knows
/// no entities beyond those that every document has.
/// </summary>
/// <param name="text">The text, in UTF-8.</param>
internal ref struct XmlScanner(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>Where the next token begins.</summary>
    public int Position { get; private set; }

    /// <summary>The element's name, with its prefix.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>What stands behind the name in a tag, or the text.</summary>
    public ReadOnlySpan<byte> Rest { get; private set; }

    /// <summary>Goes to the next token; at its end, or where the tag is not whole, it stays.</summary>
    public XmlToken Next()
    {
        ReadOnlySpan<byte> rest = _text[Position..];
        if (rest.IsEmpty)
        {
            return XmlToken.End;
        }

        if (rest[0] != (byte)'<')
        {
            int end = rest.IndexOf((byte)'<');
            Rest = end < 0 ? rest : rest[..end];
            Position += Rest.Length;
            return XmlToken.Text;
        }

        if (rest.Length < 2)
        {
            return XmlToken.End;
        }

        return rest[1] switch
        {
            (byte)'?' => Pass(rest, "?>"u8),
            (byte)'!' when rest.StartsWith("<!--"u8) => Pass(rest, "-->"u8),
            (byte)'!' when rest.StartsWith("<![CDATA["u8) => PassData(rest),
            (byte)'!' => Pass(rest, ">"u8),
            _ => TakeTag(rest),
        };
    }

    /// <summary>An attribute's value in a tag's <see cref="Rest"/>; empty if it has none of that name.</summary>
    public static ReadOnlySpan<byte> Attribute(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> name)
    {
        while (TryAttribute(ref rest, out ReadOnlySpan<byte> found, out ReadOnlySpan<byte> value))
        {
            if (found.SequenceEqual(name))
            {
                return value;
            }
        }

        return default;
    }

    /// <summary>Goes to the next attribute in a tag's <see cref="Rest"/>.</summary>
    public static bool TryAttribute(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        rest = rest.TrimStart(" \t\r\n"u8);
        int equals = rest.IndexOf((byte)'=');
        name = equals < 0 ? default : rest[..equals].TrimEnd(" \t\r\n"u8);
        ReadOnlySpan<byte> behind = equals < 0 ? default : rest[(equals + 1)..].TrimStart(" \t\r\n"u8);
        int end = behind.Length > 1 && behind[0] is (byte)'"' or (byte)'\'' ? behind[1..].IndexOf(behind[0]) : -1;
        value = end < 0 ? default : behind.Slice(1, end);
        rest = end < 0 ? default : behind[(end + 2)..];
        return end >= 0;
    }

    private XmlToken Pass(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> ending)
    {
        int end = rest.IndexOf(ending);
        Position += end < 0 ? 0 : end + ending.Length;
        return end < 0 ? XmlToken.End : XmlToken.Other;
    }

    private XmlToken PassData(ReadOnlySpan<byte> rest)
    {
        const int Opening = 9;
        int end = rest.IndexOf("]]>"u8);
        if (end < 0)
        {
            return XmlToken.End;
        }

        Rest = rest[Opening..end];
        Position += end + 3;
        return XmlToken.Text;
    }

    private XmlToken TakeTag(ReadOnlySpan<byte> rest)
    {
        bool closes = rest[1] == (byte)'/';
        int at = closes ? 2 : 1;
        int name = at;
        while (at < rest.Length && IsNameByte(rest[at], isFirst: at == name))
        {
            at++;
        }

        if (at == rest.Length)
        {
            return XmlToken.End;
        }

        if (at == name || rest[at] is not ((byte)'>' or (byte)'/' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
        {
            return XmlToken.Bad;
        }

        Name = rest[name..at];
        int from = at;

        // A value may have a > in it.
        byte quote = 0;
        for (; at < rest.Length; at++)
        {
            byte b = rest[at];
            if (quote != 0)
            {
                quote = b == quote ? (byte)0 : quote;
            }
            else if (b is (byte)'"' or (byte)'\'')
            {
                quote = b;
            }
            else if (b == (byte)'<')
            {
                return XmlToken.Bad;
            }
            else if (b == (byte)'>')
            {
                break;
            }
        }

        if (at == rest.Length)
        {
            return XmlToken.End;
        }

        bool isEmpty = !closes && rest[at - 1] == (byte)'/';
        Rest = rest[from..(isEmpty ? at - 1 : at)];
        Position += at + 1;
        return closes ? XmlToken.Close : isEmpty ? XmlToken.Empty : XmlToken.Start;
    }

    private static bool IsNameByte(byte b, bool isFirst) =>
        char.IsAsciiLetter((char)b) || b is (byte)'_' or (byte)':' or >= 0x80 || (!isFirst && (char.IsAsciiDigit((char)b) || b is (byte)'-' or (byte)'.'));
}
