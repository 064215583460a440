using System.Globalization;
using NetLab.Host.Settings;

namespace NetLab.Host.Captures;

/// <summary>A conversation of a capture as a command line names it: <c>3</c> or <c>tcp:3</c>, and <c>udp:3</c>.</summary>
/// <param name="IsUdp">Whether it is one of UDP.</param>
/// <param name="Number">Its number, as decode and stats show it.</param>
internal readonly record struct ConversationName(bool IsUdp, int Number)
{
    /// <exception cref="UsageException">The text names none.</exception>
    public static ConversationName Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string protocol = colon < 0 ? "tcp" : text[..colon];
        return protocol is "tcp" or "udp" && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? new ConversationName(protocol == "udp", value)
            : throw new UsageException($"'{text}': a stream is a number as decode shows it, such as 3, tcp:3 or udp:3");
    }

    public override string ToString() => $"{(IsUdp ? "udp" : "tcp")} {Number}";
}
