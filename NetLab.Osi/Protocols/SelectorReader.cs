using System.Globalization;

namespace NetLab.Osi.Protocols;

/// <summary>
/// Reads what chooses a protocol, one choice after the other: <c>udp.port==53,5353 tcp.port==53 media_type==application/json udp</c>.
/// A start reads hundreds of them, so that it neither allocates nor searches twice.
/// </summary>
/// <param name="selectors">The selectors, separated by blanks.</param>
internal ref struct SelectorReader(string selectors)
{
    private const string ContentTypeKey = "media_type";
    private const int MaxNumbers = 65_536;

    // Organization and protocol of SNAP, the widest of all numbers.
    private const long MaxNumber = (1L << 40) - 1;

    private ReadOnlySpan<char> _words = selectors;
    private ReadOnlySpan<char> _values;

    /// <summary>The table of the number; null for how bytes begin and for kinds of content.</summary>
    public NumberTable? Table { get; private set; }

    /// <summary>The first number of a range.</summary>
    public long First { get; private set; }

    /// <summary>The last number of the range.</summary>
    public long Last { get; private set; }

    /// <summary>udp or tcp for how bytes begin, or the kind of content.</summary>
    public ReadOnlySpan<char> Text { get; private set; }

    /// <summary>Whether it chooses by how bytes begin.</summary>
    public bool IsHeuristic { get; private set; }

    /// <summary>Whether it chooses by the kind of content.</summary>
    public readonly bool IsContentType => Table is null && !IsHeuristic;

    /// <summary>Whether selectors may name numbers of a table: a quick look before they are read.</summary>
    public static bool MayName(string selectors, NumberTable table)
    {
        if (selectors.Contains(table.Key, StringComparison.Ordinal))
        {
            return true;
        }

        foreach (string key in table.OtherKeys)
        {
            if (selectors.Contains(key, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads the next.</summary>
    /// <exception cref="FormatException">It makes no sense; the message says why.</exception>
    public bool MoveNext()
    {
        if (_values.IsEmpty && !TryBeginWord())
        {
            return false;
        }

        if (IsHeuristic)
        {
            return true;
        }

        ReadOnlySpan<char> value = Cut(ref _values, ',');
        if (Table is null)
        {
            Text = value;
        }
        else
        {
            ReadRange(Table, value);
        }

        return true;
    }

    private bool TryBeginWord()
    {
        ReadOnlySpan<char> word = default;
        while (word.IsEmpty)
        {
            if (_words.IsEmpty)
            {
                return false;
            }

            word = Cut(ref _words, ' ');
        }

        int equals = word.IndexOf("==", StringComparison.Ordinal);
        ReadOnlySpan<char> key = equals < 0 ? word : word[..equals];
        _values = equals < 0 ? default : word[(equals + 2)..];
        Table = null;
        Text = key;
        IsHeuristic = equals < 0 && key is "udp" or "tcp";
        if (IsHeuristic || (key is ContentTypeKey && !_values.IsEmpty))
        {
            return true;
        }

        Table = NumberTable.Find(key)
            ?? throw new FormatException($"'{key}' chooses no protocol: there are {string.Join(", ", NumberTable.All.Select(t => t.Key))}, media_type, udp and tcp");
        return !_values.IsEmpty && _values[^1] != ',' ? true : throw new FormatException($"'{word}' says no number of {Table.Key}");
    }

    private void ReadRange(NumberTable table, ReadOnlySpan<char> text)
    {
        int dash = text.IndexOf('-');
        First = NumberFrom(table, dash < 0 ? text : text[..dash], text);
        Last = dash < 0 ? First : NumberFrom(table, text[(dash + 1)..], text);
        if (First > Last || Last - First >= MaxNumbers || Last > table.MaxNumber || Last > MaxNumber)
        {
            throw new FormatException($"'{text}' is no number of {table.Key}");
        }
    }

    private static long NumberFrom(NumberTable table, ReadOnlySpan<char> number, ReadOnlySpan<char> all)
    {
        bool isHex = number.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return long.TryParse(isHex ? number[2..] : number, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= 0
            ? value
            : throw new FormatException($"'{all}' is no number of {table.Key}");
    }

    // What stands before a separator; the rest is what stands behind it.
    private static ReadOnlySpan<char> Cut(scoped ref ReadOnlySpan<char> rest, char separator)
    {
        int at = rest.IndexOf(separator);
        ReadOnlySpan<char> first = at < 0 ? rest : rest[..at];
        rest = at < 0 ? default : rest[(at + 1)..];
        return first;
    }
}
