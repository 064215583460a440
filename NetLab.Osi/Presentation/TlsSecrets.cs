using System.Collections.Frozen;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Presentation;

/// <summary>Secrets of TLS connections by label and client random, from logs in the NSS Key Log Format (draft-ietf-tls-keylogfile).</summary>
internal sealed class TlsSecrets
{
    public static readonly MemorySlot<TlsSecrets> Slot = new(static () => new TlsSecrets());

    public const string MasterSecret = "CLIENT_RANDOM";
    public const string ClientHandshake = "CLIENT_HANDSHAKE_TRAFFIC_SECRET";
    public const string ServerHandshake = "SERVER_HANDSHAKE_TRAFFIC_SECRET";
    public const string ClientTraffic = "CLIENT_TRAFFIC_SECRET_0";
    public const string ServerTraffic = "SERVER_TRAFFIC_SECRET_0";

    // A log of a whole day; more would only be memory.
    private const int MaxSecrets = 1 << 18;

    private static readonly FrozenSet<string> Labels = new[] { MasterSecret, ClientHandshake, ServerHandshake, ClientTraffic, ServerTraffic }.ToFrozenSet();

    private readonly Dictionary<(string Label, string ClientRandom), byte[]> _secrets = [];

    public bool IsEmpty => _secrets.Count == 0;

    /// <summary>Adds the secrets of a log, of those labels that are used here.</summary>
    /// <returns>How many lines are secrets, of whatever label.</returns>
    public int Add(string lines)
    {
        int found = 0;
        foreach (string line in lines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 3 || !IsHex(words[1], 32) || !IsHex(words[2], 0))
            {
                continue;
            }

            found++;
            if (Labels.TryGetValue(words[0], out string? label) && _secrets.Count < MaxSecrets)
            {
                _secrets[(label, words[1].ToLowerInvariant())] = Convert.FromHexString(words[2]);
            }
        }

        return found;
    }

    public byte[]? Find(string label, ReadOnlySpan<byte> clientRandom) =>
        IsEmpty ? null : _secrets.GetValueOrDefault((label, Convert.ToHexStringLower(clientRandom)));

    private static bool IsHex(string text, int bytes) =>
        text.Length % 2 == 0 && (bytes == 0 ? text.Length is >= 32 and <= 128 : text.Length == 2 * bytes) && text.All(char.IsAsciiHexDigit);
}
