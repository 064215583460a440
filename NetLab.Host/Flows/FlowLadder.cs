using System.Globalization;
using NetLab.Host.Rendering;

namespace NetLab.Host.Flows;

/// <summary>A conversation as a ladder of text: an arrow a packet, quiet gaps folded.</summary>
internal static class FlowLadder
{
    private const int MinWidth = 48;
    private const int MaxWidth = 110;

    public static IEnumerable<string> Draw(Flow flow)
    {
        int width = Math.Clamp(flow.Events.Max(e => e.Label.Length) + 4, Math.Max(MinWidth, flow.Client.Length + flow.Server.Length + 4), MaxWidth);
        yield return $"{flow.Numbers,8} {"ms",13}  {flow.Client.PadRight(width + 4 - flow.Server.Length)}{flow.Server}";
        for (int i = 0; i < flow.Events.Count; i++)
        {
            FlowEvent seen = flow.Events[i];
            if (flow.QuietBefore(i) is { } quiet)
            {
                yield return $"{"",8} {"",13}  ┊{$"{Units.Short(quiet)} quiet".PadLeft((width + 16) / 2).PadRight(width + 2)}┊";
            }

            string time = flow.Milliseconds(seen) is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:F3}") : "";
            string label = seen.Label.Length > width - 4 ? string.Concat(seen.Label.AsSpan(0, width - 5), "…") : seen.Label;
            string shaft = $" {label} ".PadRight(width, '─');
            string arrow = seen.FromClient ? $"├─{shaft}→┤" : $"├←{shaft}─┤";
            yield return $"{(seen.Packet > 0 ? seen.Packet.ToString(CultureInfo.InvariantCulture) : ""),8} {time,13}  {arrow}{(seen.Marks.Length > 0 ? "  ✗ " + seen.Marks : "")}";
        }
    }
}
