using System.Text;

namespace NetLab.Osi.Presentation;

/// <summary>What a <see cref="JsonScanner"/> stands on.</summary>
internal enum JsonToken
{
    /// <summary>The bytes are no JSON from here on.</summary>
    Bad,

    /// <summary>The value and the blanks behind it have ended.</summary>
    End,
    BeginObject,
    EndObject,
    BeginArray,
    EndArray,
    Name,
    String,
    Number,
    True,
    False,
    Null,
}

/// <summary>
/// Goes through a JSON text (RFC 8259) token by token. It never throws and takes no memory: what a stranger sends is as often no
/// JSON as it is some, and an exception for each would cost more than the packet.
/// </summary>
/// <param name="text">The text, in UTF-8.</param>
internal ref struct JsonScanner(ReadOnlySpan<byte> text)
{
    /// <summary>Objects and arrays in one another; deeper ones are taken for an attack.</summary>
    public const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _position;

    // A bit for each level: whether it is an object.
    private ulong _objects;
    private int _depth;
    private State _state;

    private enum State
    {
        Value,
        FirstNameOrEnd,
        Name,
        FirstValueOrEnd,
        AfterValue,
    }

    /// <summary>Where the token begins.</summary>
    public int Start { get; private set; }

    /// <summary>The token's bytes: of a text those between its quotes, escapes and all.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>How many objects and arrays it is in, behind the token.</summary>
    public readonly int Depth => _depth;

    /// <summary>Whether the innermost of them is an object.</summary>
    public readonly bool IsInObject => _depth > 0 && (_objects & 1) != 0;

    /// <summary>Whether bytes are one JSON text and nothing else.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> text)
    {
        var scanner = new JsonScanner(text);
        JsonToken token;
        do
        {
            token = scanner.Next();
        }
        while (token > JsonToken.End);

        return token == JsonToken.End;
    }

    /// <summary>Whether bytes may be an object or an array, by the first and the last that is no blank.</summary>
    public static bool MayBe(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> trimmed = text.Trim(" \t\r\n"u8);
        return trimmed.Length >= 2 && ((trimmed[0], trimmed[^1]) is ((byte)'{', (byte)'}') or ((byte)'[', (byte)']'));
    }

    /// <summary>A text without its escapes (RFC 8259, 7).</summary>
    public static byte[] Unescape(ReadOnlySpan<byte> escaped)
    {
        byte[] result = new byte[escaped.Length];
        int written = 0;
        for (int i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != (byte)'\\' || i + 1 == escaped.Length)
            {
                result[written++] = escaped[i];
                continue;
            }

            byte next = escaped[++i];
            if (next == (byte)'u' && TryHex(escaped, i + 1, out int unit))
            {
                i += 4;
                if (unit is >= 0xD800 and < 0xDC00 && i + 2 < escaped.Length && escaped[i + 1] == (byte)'\\' && escaped[i + 2] == (byte)'u' && TryHex(escaped, i + 3, out int low) && low is >= 0xDC00 and < 0xE000)
                {
                    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                    i += 6;
                }

                // Half of a pair says nothing by itself.
                Rune rune = Rune.IsValid(unit) ? new Rune(unit) : Rune.ReplacementChar;
                written += rune.EncodeToUtf8(result.AsSpan(written));
                continue;
            }

            result[written++] = next switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                _ => next,
            };
        }

        return result[..written];
    }

    /// <summary>Goes to the next token.</summary>
    public JsonToken Next()
    {
        SkipBlanks();
        if (_state == State.AfterValue)
        {
            if (_depth == 0)
            {
                return _position == _text.Length ? JsonToken.End : JsonToken.Bad;
            }

            if (_position == _text.Length)
            {
                return JsonToken.Bad;
            }

            bool inObject = (_objects & 1) != 0;
            if (_text[_position] != (byte)',')
            {
                return EndLevel(inObject);
            }

            _position++;
            _state = inObject ? State.Name : State.Value;
            SkipBlanks();
        }

        if (_position == _text.Length)
        {
            return JsonToken.Bad;
        }

        Start = _position;
        byte first = _text[_position];
        switch (_state)
        {
            case State.FirstNameOrEnd when first == (byte)'}':
            case State.FirstValueOrEnd when first == (byte)']':
                return EndLevel(inObject: first == (byte)'}');
            case State.FirstNameOrEnd or State.Name:
                return TakeName();
            default:
                return TakeValue(first);
        }
    }

    private static bool TryHex(ReadOnlySpan<byte> text, int at, out int value)
    {
        value = 0;
        if (at + 4 > text.Length)
        {
            return false;
        }

        foreach (byte b in text.Slice(at, 4))
        {
            if (!char.IsAsciiHexDigit((char)b))
            {
                return false;
            }

            value = (value << 4) | (b <= (byte)'9' ? b - '0' : (b | 0x20) - 'a' + 10);
        }

        return true;
    }

    private JsonToken TakeName()
    {
        if (!TakeString())
        {
            return JsonToken.Bad;
        }

        SkipBlanks();
        if (_position == _text.Length || _text[_position] != (byte)':')
        {
            return JsonToken.Bad;
        }

        _position++;
        _state = State.Value;
        return JsonToken.Name;
    }

    private JsonToken TakeValue(byte first)
    {
        switch (first)
        {
            case (byte)'{' or (byte)'[':
                if (_depth == MaxDepth)
                {
                    return JsonToken.Bad;
                }

                _depth++;
                _objects = (_objects << 1) | (first == (byte)'{' ? 1UL : 0);
                _position++;
                _state = first == (byte)'{' ? State.FirstNameOrEnd : State.FirstValueOrEnd;
                return first == (byte)'{' ? JsonToken.BeginObject : JsonToken.BeginArray;
            case (byte)'"':
                _state = State.AfterValue;
                return TakeString() ? JsonToken.String : JsonToken.Bad;
            case (byte)'t':
                return TakeWord("true"u8, JsonToken.True);
            case (byte)'f':
                return TakeWord("false"u8, JsonToken.False);
            case (byte)'n':
                return TakeWord("null"u8, JsonToken.Null);
            default:
                return TakeNumber();
        }
    }

    private JsonToken EndLevel(bool inObject)
    {
        Start = _position;
        if (_text[_position] != (inObject ? (byte)'}' : (byte)']'))
        {
            return JsonToken.Bad;
        }

        _position++;
        _depth--;
        _objects >>= 1;
        _state = State.AfterValue;
        return inObject ? JsonToken.EndObject : JsonToken.EndArray;
    }

    private bool TakeString()
    {
        if (_text[_position] != (byte)'"')
        {
            return false;
        }

        int at = _position + 1;
        while (at < _text.Length)
        {
            int step = _text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (step < 0)
            {
                return false;
            }

            at += step;
            if (_text[at] == (byte)'"')
            {
                Bytes = _text[(_position + 1)..at];
                _position = at + 1;
                return true;
            }

            at += 2;
        }

        return false;
    }

    private JsonToken TakeWord(ReadOnlySpan<byte> word, JsonToken token)
    {
        if (!_text[_position..].StartsWith(word))
        {
            return JsonToken.Bad;
        }

        Bytes = word;
        _position += word.Length;
        _state = State.AfterValue;
        return token;
    }

    // RFC 8259, 6: a sign, digits, a fraction, an exponent.
    private JsonToken TakeNumber()
    {
        int at = _position;
        at += _text[at] == (byte)'-' ? 1 : 0;
        int digits = Digits(at);
        at += digits;
        bool isRight = digits > 0;
        if (at < _text.Length && _text[at] == (byte)'.')
        {
            digits = Digits(at + 1);
            at += 1 + digits;
            isRight &= digits > 0;
        }

        if (at < _text.Length && (_text[at] | 0x20) == 'e')
        {
            at += at + 1 < _text.Length && _text[at + 1] is (byte)'+' or (byte)'-' ? 2 : 1;
            digits = Digits(at);
            at += digits;
            isRight &= digits > 0;
        }

        if (!isRight)
        {
            return JsonToken.Bad;
        }

        Bytes = _text[_position..at];
        _position = at;
        _state = State.AfterValue;
        return JsonToken.Number;
    }

    private readonly int Digits(int at)
    {
        if (at >= _text.Length)
        {
            return 0;
        }

        int count = _text[at..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return count < 0 ? _text.Length - at : count;
    }

    private void SkipBlanks()
    {
        while (_position < _text.Length && _text[_position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _position++;
        }
    }
}
