using System.Globalization;
using System.Text;

namespace NetLab.Osi.Filters;

/// <summary>Cuts a filter expression into pieces.</summary>
internal static class FilterLexer
{
    // A filter that a person or a program writes is a line or a page; what is longer is an attack on the parser.
    public const int MaxLength = 64 << 10;

    private static readonly string[] Symbols =
        ["===", "!==", "==", "!=", "~=", ">=", "<=", "&&", "||", "..", "(", ")", "{", "}", "[", "]", ",", "<", ">", "!", "&", "~", "+", "-", "*", "/", "%", "#", ":"];

    /// <summary>The pieces of an expression, the end among them.</summary>
    /// <exception cref="DisplayFilterException">A character begins no piece, or a text does not end.</exception>
    public static List<FilterToken> Read(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new DisplayFilterException(MaxLength, "the expression is longer than 65536 characters");
        }

        var tokens = new List<FilterToken>();
        int at = 0;
        bool inSlice = false;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            if (at == text.Length)
            {
                tokens.Add(new FilterToken(FilterTokenKind.End, "", at));
                return tokens;
            }

            int start = at;
            FilterToken token = text[at] switch
            {
                '"' => ReadText(text, ref at, isRaw: false),
                '\'' => ReadCharacter(text, ref at),
                'r' or 'R' when at + 1 < text.Length && text[at + 1] == '"' => ReadText(text, ref at, isRaw: true),
                _ => ReadWord(text, ref at, inSlice) ?? ReadSymbol(text, ref at),
            };
            tokens.Add(token with { At = start });
            inSlice = token.Is("[") || (inSlice && !token.Is("]"));
        }
    }

    private static FilterToken? ReadWord(string text, ref int at, bool inSlice)
    {
        int start = at;
        while (at < text.Length && IsWordCharacter(text, at, start, inSlice))
        {
            at++;
        }

        return at > start ? new FilterToken(FilterTokenKind.Word, text[start..at], start) : null;
    }

    // Between brackets a colon and a dash separate numbers; outside they are parts of addresses and names. Two dots are a range.
    private static bool IsWordCharacter(string text, int at, int start, bool inSlice)
    {
        char c = text[at];
        if (c == '.')
        {
            return !inSlice && !(at + 1 < text.Length && text[at + 1] == '.') && !(at > start && text[at - 1] == '.');
        }

        bool isNextWord = at + 1 < text.Length && (char.IsAsciiLetterOrDigit(text[at + 1]) || text[at + 1] is ':' or '_');
        return char.IsAsciiLetterOrDigit(c) || c == '_'
            || (c == ':' && !inSlice)
            || (c == '-' && !inSlice && at > start && isNextWord)
            || (c == '/' && !inSlice && at > start && isNextWord && char.IsAsciiDigit(text[at + 1]) && text.AsSpan(start, at - start).IndexOfAny('.', ':') >= 0);
    }

    private static FilterToken ReadSymbol(string text, ref int at)
    {
        foreach (string symbol in Symbols)
        {
            if (text.AsSpan(at).StartsWith(symbol, StringComparison.Ordinal))
            {
                at += symbol.Length;
                return new FilterToken(FilterTokenKind.Symbol, symbol, at);
            }
        }

        throw new DisplayFilterException(at, $"'{text[at]}' begins nothing that a filter has");
    }

    private static FilterToken ReadText(string text, ref int at, bool isRaw)
    {
        int start = at;
        at += isRaw ? 2 : 1;
        var bytes = new List<byte>();
        while (at < text.Length && text[at] != '"')
        {
            if (text[at] == '\\' && isRaw && at + 1 < text.Length)
            {
                // A raw text keeps its backslashes; one before a quote only keeps the text from ending there.
                bytes.Add((byte)'\\');
                Append(bytes, text, at + 1);
                at += 2;
            }
            else if (text[at] == '\\')
            {
                bytes.AddRange(ReadEscape(text, ref at, start));
            }
            else
            {
                at += Append(bytes, text, at);
            }
        }

        if (at == text.Length)
        {
            throw new DisplayFilterException(start, "the text that begins here does not end");
        }

        at++;
        byte[] all = [.. bytes];
        return new FilterToken(FilterTokenKind.Text, Encoding.UTF8.GetString(all), start, all);
    }

    private static int Append(List<byte> bytes, string text, int at)
    {
        int length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
        bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(at, length)));
        return length;
    }

    private static FilterToken ReadCharacter(string text, ref int at)
    {
        int start = at++;
        byte[] bytes = at < text.Length && text[at] == '\\' ? ReadEscape(text, ref at, start) : at < text.Length ? Encoding.UTF8.GetBytes(text[at++].ToString()) : [];
        if (bytes.Length != 1 || at >= text.Length || text[at] != '\'')
        {
            throw new DisplayFilterException(start, "between apostrophes stands one character");
        }

        at++;
        return new FilterToken(FilterTokenKind.Character, bytes[0].ToString(CultureInfo.InvariantCulture), start, bytes);
    }

    private static byte[] ReadEscape(string text, ref int at, int start)
    {
        if (at + 1 >= text.Length)
        {
            throw new DisplayFilterException(start, "the text that begins here does not end");
        }

        char c = text[at + 1];
        at += 2;
        switch (c)
        {
            case 'a':
                return [7];
            case 'b':
                return [8];
            case 'f':
                return [12];
            case 'n':
                return [10];
            case 'r':
                return [13];
            case 't':
                return [9];
            case 'v':
                return [11];
            case '"' or '\\' or '\'':
                return [(byte)c];
            case 'x':
                return [(byte)ReadDigits(text, ref at, 2, 16)];
            case 'u':
                return Encoding.UTF8.GetBytes(((char)ReadDigits(text, ref at, 4, 16)).ToString());
            case >= '0' and <= '7':
                at--;
                return [(byte)ReadDigits(text, ref at, 3, 8)];
            default:
                throw new DisplayFilterException(at - 2, $"'\\{c}' is no escape; in a regular expression write r\"…\" or \\\\");
        }
    }

    private static int ReadDigits(string text, ref int at, int most, int radix)
    {
        int value = 0;
        int start = at;
        while (at < text.Length && at - start < most && Uri.IsHexDigit(text[at]) && Convert.ToInt32(text[at].ToString(), 16) < radix)
        {
            value = (value * radix) + Convert.ToInt32(text[at++].ToString(), 16);
        }

        return at > start ? value : throw new DisplayFilterException(start, "an escape without digits");
    }
}
