using System.Globalization;
using NetLab.Host.Rendering;

namespace NetLab.Host.Flows;

/// <summary>A conversation of a capture as a ladder of text: an arrow a packet, quiet gaps folded.</summary>
internal static class FlowLadder
{
    private const int MinWidth = 48;
    private const int MaxWidth = 110;
    private const int NumberWidth = 8;
    private const int TimeWidth = 13;
    private const int BeforeWidth = NumberWidth + 1 + TimeWidth;

    /// <summary>Draws it.</summary>
    /// <param name="flow">The conversation.</param>
    /// <param name="columns">How wide a line may be where what stands out is not counted; a ladder is never narrower than its ends' names.</param>
    public static IEnumerable<string> Draw(Flow flow, int columns = int.MaxValue)
    {
        int most = Math.Min(MaxWidth, columns - BeforeWidth - 2 - LadderDrawing.Ends);
        int names = Math.Max(MinWidth, flow.Client.Length + flow.Server.Length + 1 - LadderDrawing.Ends);
        var drawing = new LadderDrawing(Math.Clamp(flow.Events.Max(e => e.Label.Length) + 4, names, Math.Max(names, most)));
        yield return drawing.Header($"{flow.Numbers,NumberWidth} {"ms",TimeWidth}", flow.Client, flow.Server);
        for (int i = 0; i < flow.Events.Count; i++)
        {
            FlowEvent seen = flow.Events[i];
            if (flow.QuietBefore(i) is { } quiet)
            {
                yield return drawing.Pause(BeforeWidth, $"{Units.Short(quiet)} quiet");
            }

            string time = flow.Milliseconds(seen) is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:F3}") : "";
            string number = seen.Packet > 0 ? seen.Packet.ToString(CultureInfo.InvariantCulture) : "";
            string marks = seen.Marks.Length > 0 ? "✗ " + seen.Marks : "";
            foreach (string line in drawing.Draw(new LadderRow($"{number,NumberWidth} {time,TimeWidth}", seen.Label, seen.FromClient, marks)))
            {
                yield return line;
            }
        }
    }
}
