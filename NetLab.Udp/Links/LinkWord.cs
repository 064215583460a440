namespace NetLab.Udp.Links;

/// <summary>A word of a link string, taken apart.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Prefix"><c>up.</c>, <c>down.</c> or nothing.</param>
/// <param name="Key">What stands before the equals sign, or a flag.</param>
/// <param name="Value">What stands behind it; null for a flag.</param>
internal readonly record struct LinkWord(string Text, string Prefix, string Key, string? Value)
{
    /// <summary>Whether it says something of the way from the client to the server.</summary>
    public bool IsUp => Prefix != "down.";

    /// <summary>Whether it says something of the way back.</summary>
    public bool IsDown => Prefix != "up.";

    /// <summary>Whether a key has a list of datagrams by name: it may be said again, and go on over commas.</summary>
    public static bool IsList(string key) => key is "drop" or "copy" or "damage" or "hold";

    /// <summary>Takes a string apart. A list of drops goes on over commas: <c>drop=SYN_ACK#1,DATA#20</c>.</summary>
    public static List<LinkWord> Split(string text)
    {
        var words = new List<LinkWord>();
        if (text.Trim().Length == 0)
        {
            return words;
        }

        (string Prefix, string Key)? list = null;
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 && list is { } open && (word.Contains('#', StringComparison.Ordinal) || word.Length == 0))
            {
                words.Add(new LinkWord(word, open.Prefix, open.Key, word));
                continue;
            }

            string key = (equals < 0 ? word : word[..equals].TrimEnd()).ToLowerInvariant();
            string prefix = key.StartsWith("up.", StringComparison.Ordinal) ? "up." : key.StartsWith("down.", StringComparison.Ordinal) ? "down." : "";
            key = key[prefix.Length..];
            list = IsList(key) ? (prefix, key) : null;
            words.Add(new LinkWord(word, prefix, key, equals < 0 ? null : word[(equals + 1)..].TrimStart()));
        }

        return words;
    }
}
