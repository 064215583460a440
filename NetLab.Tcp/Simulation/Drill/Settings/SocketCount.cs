using System.Globalization;

namespace NetLab.Tcp.Simulation.Drill.Settings;

/// <summary>
/// How many sockets a script finds in a state with a system's own tools, as in <c>sockstat … | grep -c TIME_WAIT | grep 1</c>.
/// </summary>
/// <param name="State">The state's name, as FreeBSD writes it.</param>
/// <param name="Count">How many there have to be.</param>
internal sealed record SocketCount(string State, int Count)
{
    /// <summary>Reads a pipeline; null if it is of another kind.</summary>
    public static SocketCount? Of(List<string> words)
    {
        int at = words.IndexOf("-c");
        bool counts = words.Count > 0 && words[0] is "sockstat" or "netstat" or "ss" && at > 0 && at + 1 < words.Count;
        return counts && int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? new SocketCount(words[at + 1].ToUpperInvariant(), count) : null;
    }
}
