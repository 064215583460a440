using NetLab.Host.Settings;

namespace NetLab.Host.Backends;

/// <summary>Text such as <c>consistent-hash,nodes=160,seed=7</c>: words with commas between them, most of them a key and a value.</summary>
internal static class KeyedText
{
    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="option">The option it was given to, for the message.</param>
    /// <param name="keys">The keys there are.</param>
    /// <returns>Values by key; a word without a key by "".</returns>
    /// <exception cref="UsageException">A key is not known, or said twice.</exception>
    public static Dictionary<string, string> Read(string text, string option, IReadOnlyList<string> keys)
    {
        Dictionary<string, string> values = [];
        foreach (string word in text.Split(','))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? "" : word[..equals];
            if (!keys.Contains(key) || word[(equals + 1)..].Length == 0)
            {
                throw new UsageException($"{option} '{text}': '{word}': there are {string.Join(", ", keys.Where(k => k.Length > 0).Select(k => k + "="))}");
            }

            if (!values.TryAdd(key, word[(equals + 1)..]))
            {
                throw new UsageException($"{option} '{text}': '{word}': said twice");
            }
        }

        return values;
    }
}
