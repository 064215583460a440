using System.Globalization;
using System.Net;
using System.Text;
using NetLab.Host.Rendering;

namespace NetLab.Host.Flows;

/// <summary>A conversation as a ladder in SVG: two lines of life, an arrow a packet, what stands out in red, quiet gaps folded.</summary>
internal static class FlowSvg
{
    private const int Left = 130;
    private const int Right = 780;
    private const int Width = 1040;
    private const int Top = 60;
    private const int Step = 30;

    // An arrow falls a little on its way, as time passes.
    private const int Slope = 8;

    public static string Draw(Flow flow)
    {
        var body = new StringBuilder();
        int y = Top + Step;
        for (int i = 0; i < flow.Events.Count; i++)
        {
            if (flow.QuietBefore(i) is { } quiet)
            {
                body.Append(CultureInfo.InvariantCulture, $"""<line class="quiet" x1="{Left}" y1="{y}" x2="{Right}" y2="{y}"/><text class="quiet" x="{(Left + Right) / 2}" y="{y - 4}">{Units.Short(quiet)} quiet</text>""").Append('\n');
                y += Step;
            }

            Arrow(body, flow, flow.Events[i], y);
            y += Step;
        }

        int height = y + Step;
        return $$"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{{Width}}" height="{{height}}" viewBox="0 0 {{Width}} {{height}}" font-family="sans-serif" font-size="12">
            <style>
            line { stroke: #345; stroke-width: 1.2 } line.quiet { stroke: #aaa; stroke-dasharray: 3 4 } line.odd { stroke: #c22 }
            text { fill: #123; text-anchor: middle } text.time { fill: #678; text-anchor: end } text.odd { fill: #c22; text-anchor: start } text.quiet { fill: #888 }
            </style>
            <defs><marker id="head" markerWidth="9" markerHeight="7" refX="9" refY="3.5" orient="auto"><path d="M0,0 L9,3.5 L0,7 z" fill="#345"/></marker></defs>
            <rect width="100%" height="100%" fill="#fff"/>
            <text x="{{Left}}" y="30" font-weight="bold">{{WebUtility.HtmlEncode(flow.Client)}}</text><text x="{{Right}}" y="30" font-weight="bold">{{WebUtility.HtmlEncode(flow.Server)}}</text>
            <line x1="{{Left}}" y1="{{Top - 20}}" x2="{{Left}}" y2="{{height - 10}}"/><line x1="{{Right}}" y1="{{Top - 20}}" x2="{{Right}}" y2="{{height - 10}}"/>
            {{body}}</svg>

            """;
    }

    private static void Arrow(StringBuilder body, Flow flow, FlowEvent seen, int y)
    {
        (int from, int to) = seen.FromClient ? (Left, Right) : (Right, Left);
        string odd = seen.Marks.Length > 0 ? " class=\"odd\"" : "";
        string time = flow.Milliseconds(seen) is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:F3} ms") : "";
        body.Append(CultureInfo.InvariantCulture, $"""<line{odd} x1="{from}" y1="{y}" x2="{to}" y2="{y + Slope}" marker-end="url(#head)"/>""")
            .Append(CultureInfo.InvariantCulture, $"""<text class="time" x="{Left - 8}" y="{y + 4}">{time}</text>""")
            .Append(CultureInfo.InvariantCulture, $"""<text x="{(Left + Right) / 2}" y="{y - 3}">{WebUtility.HtmlEncode(Shorten(seen.Label))}</text>""");
        if (seen.Marks.Length > 0)
        {
            body.Append(CultureInfo.InvariantCulture, $"""<text class="odd" x="{Right + 10}" y="{y + 4}">{WebUtility.HtmlEncode(seen.Marks)}</text>""");
        }

        body.Append('\n');
    }

    private static string Shorten(string label) => label.Length > 96 ? string.Concat(label.AsSpan(0, 95), "…") : label;
}
