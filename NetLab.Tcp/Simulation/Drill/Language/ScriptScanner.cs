using System.Globalization;

namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>Goes through the text of a script: white space and comments are passed over, the line is known for messages.</summary>
/// <param name="text">The text.</param>
/// <param name="firstLine">The line it begins on.</param>
internal sealed class ScriptScanner(string text, int firstLine = 1)
{
    // Longer than any timer of a connection, and short enough that no sum of them overflows a clock.
    private const decimal MaxSeconds = 10_000_000;

    private int _at;

    // Behind the last thing that was taken: white space and comments behind it may have been passed over already.
    private int _taken;
    private int _countedTo;
    private int _line = firstLine;

    /// <summary>The line that the next character stands on.</summary>
    public int Line
    {
        get
        {
            for (; _countedTo < _at; _countedTo++)
            {
                _line += text[_countedTo] == '\n' ? 1 : 0;
            }

            return _line;
        }
    }

    /// <summary>How far the text has been read.</summary>
    public int Position => _at;

    /// <summary>Whether only white space and comments are left.</summary>
    public bool IsAtEnd
    {
        get
        {
            SkipTrivia();
            return _at >= text.Length;
        }
    }

    /// <summary>The next character behind white space and comments; a zero at the end.</summary>
    public char Next
    {
        get
        {
            SkipTrivia();
            return Peek(0);
        }
    }

    /// <summary>A character as it stands, without passing over anything; a zero behind the end.</summary>
    public char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    /// <summary>Takes a literal if it comes next.</summary>
    public bool TryTake(string literal)
    {
        SkipTrivia();
        if (string.CompareOrdinal(text, _at, literal, 0, literal.Length) != 0)
        {
            return false;
        }

        _at += literal.Length;
        _taken = _at;
        return true;
    }

    /// <summary>Takes a word if it comes next and is one of its own.</summary>
    public bool TryTakeWord(string word)
    {
        SkipTrivia();
        if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0 || IsWordCharacter(Peek(word.Length)))
        {
            return false;
        }

        _at += word.Length;
        _taken = _at;
        return true;
    }

    /// <summary>Takes a literal that must come next.</summary>
    public void Expect(string literal)
    {
        if (!TryTake(literal))
        {
            throw Error($"'{literal}' is expected, not {Found()}");
        }
    }

    /// <summary>Takes a name; empty if there is none.</summary>
    public string TakeWord()
    {
        SkipTrivia();
        int start = _at;
        if (char.IsAsciiLetter(Peek(0)) || Peek(0) == '_')
        {
            while (IsWordCharacter(Peek(0)))
            {
                _at++;
            }

            _taken = _at;
        }

        return text[start.._at];
    }

    /// <summary>Takes characters as long as they are of a kind, none passed over in between.</summary>
    public string TakeWhile(Func<char, bool> isWanted)
    {
        int start = _at;
        while (_at < text.Length && isWanted(text[_at]))
        {
            _at++;
        }

        _taken = _at;
        return text[start.._at];
    }

    /// <summary>Takes a whole number, decimal or hexadecimal, with or without a sign.</summary>
    public bool TryTakeInteger(out long value)
    {
        SkipTrivia();
        int start = _at;
        bool negative = Peek(0) == '-';
        _at += negative ? 1 : 0;
        bool hex = Peek(0) == '0' && (Peek(1) | 0x20) == 'x';
        _at += hex ? 2 : 0;
        int digits = _at;
        while (hex ? char.IsAsciiHexDigit(Peek(0)) : char.IsAsciiDigit(Peek(0)))
        {
            _at++;
        }

        ReadOnlySpan<char> number = text.AsSpan(digits, _at - digits);
        bool ok = long.TryParse(number, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (!ok)
        {
            if (number.Length > 0)
            {
                throw Error($"the number {Shorten(number.ToString())} is too large");
            }

            _at = start;
            return false;
        }

        value = negative ? -value : value;
        _taken = _at;
        return true;
    }

    /// <summary>Takes a whole number that must come next, within bounds.</summary>
    public long TakeInteger(string what, long min, long max)
    {
        if (!TryTakeInteger(out long value))
        {
            throw Error($"{what} is a number, not {Found()}");
        }

        return value >= min && value <= max ? value : throw Error(string.Create(CultureInfo.InvariantCulture, $"{what} is {min} to {max}, not {value}"));
    }

    /// <summary>Takes seconds, with or without a fraction.</summary>
    public bool TryTakeSeconds(out TimeSpan duration)
    {
        SkipTrivia();
        int start = _at;
        while (char.IsAsciiDigit(Peek(0)))
        {
            _at++;
        }

        if (Peek(0) == '.' && char.IsAsciiDigit(Peek(1)))
        {
            _at++;
            while (char.IsAsciiDigit(Peek(0)))
            {
                _at++;
            }
        }
        else if (_at > start && Peek(0) == '.' && Peek(1) != '.')
        {
            _at++;
        }

        duration = default;
        if (_at == start)
        {
            return false;
        }

        if (!decimal.TryParse(text.AsSpan(start, _at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) || seconds > MaxSeconds)
        {
            throw Error($"the time {Shorten(text[start.._at])} is more than {MaxSeconds} seconds");
        }

        duration = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        _taken = _at;
        return true;
    }

    /// <summary>Takes everything up to a closing mark, and the mark.</summary>
    public string TakeUntil(string mark, string what)
    {
        int line = Line;
        int end = text.IndexOf(mark, _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new DrillSyntaxException(line, $"{what} has no end: '{mark}' is missing");
        }

        string taken = text[_at..end];
        _at = end + mark.Length;
        _taken = _at;
        return taken;
    }

    /// <summary>Takes the rest of the line.</summary>
    public string TakeLine() => TakeWhile(c => c != '\n');

    /// <summary>Text that has been read, on one line and not too long.</summary>
    public string TextSince(int start) => Shorten(string.Join(' ', text[Math.Min(start, _taken).._taken].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>What stands next, for a message.</summary>
    public string Found()
    {
        SkipTrivia();
        if (_at >= text.Length)
        {
            return "the end of the script";
        }

        int end = _at;
        while (end < text.Length && end < _at + 40 && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return $"'{Printable(text[_at..end])}'";
    }

    /// <summary>A syntax error on this line.</summary>
    public DrillSyntaxException Error(string message) => new(Line, message);

    /// <summary>Whether a character may stand in a name.</summary>
    public static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    /// <summary>Text of a script on one line: not too long, and without what would break it.</summary>
    public static string Shorten(string value, int length = 160) => Printable(value.Length > length ? string.Concat(value.AsSpan(0, length - 1), "…") : value);

    private static string Printable(string value) => string.Create(value.Length, value, (to, from) =>
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '?' : from[i];
        }
    });

    private void SkipTrivia()
    {
        while (_at < text.Length)
        {
            char c = text[_at];
            if (char.IsWhiteSpace(c) || c == '\uFEFF')
            {
                _at++;
            }
            else if (c == '#' || (c == '/' && Peek(1) == '/'))
            {
                int end = text.IndexOf('\n', _at);
                _at = end < 0 ? text.Length : end;
            }
            else if (c == '/' && Peek(1) == '*')
            {
                int line = Line;
                int end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                _at = end < 0 ? throw new DrillSyntaxException(line, "a comment has no end: '*/' is missing") : end + 2;
            }
            else
            {
                return;
            }
        }
    }
}
