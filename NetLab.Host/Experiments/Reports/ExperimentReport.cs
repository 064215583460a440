using System.Globalization;
using System.Net;
using System.Text;

namespace NetLab.Host.Experiments.Reports;

/// <summary>
/// A run as one page of HTML that needs nothing else: text, figures, laws, pictures one can point at and zoom, and the command that repeats it.
/// </summary>
internal static class ExperimentReport
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#59636e;--line:#d8dee4;--good:#116329;--bad:#a40e26}
        @media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0f141a;--soft:#a4afba;--line:#2c343d;--good:#56d364;--bad:#ff7b72}}
        body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}
        h1{line-height:1.2}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top}
        td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.yes,.no{white-space:nowrap}.yes{color:var(--good)}.no{color:var(--bad);font-weight:700}
        pre{overflow:auto;border:1px solid var(--line);padding:.7rem;font-size:13px}.q{border-left:.3rem solid var(--line);padding-left:1rem;color:var(--soft)}
        figure{margin:1.5rem 0;border:1px solid var(--line);overflow:hidden}figure svg{display:block;width:100%;height:auto;touch-action:none}figcaption{padding:.3rem .7rem;color:var(--soft);font-size:14px}
        code{overflow-wrap:anywhere}
        """;

    // Wheel or pinch zooms about the pointer, dragging moves, a double click shows all again; the browser's own hints say what a mark is.
    private const string Script = """
        for (const svg of document.querySelectorAll('figure svg')) {
          const whole = svg.viewBox.baseVal, all = [whole.x, whole.y, whole.width, whole.height];
          let box = [...all], grip = null;
          const show = () => svg.setAttribute('viewBox', box.join(' '));
          const at = e => { const r = svg.getBoundingClientRect(); return [box[0] + (e.clientX - r.left) / r.width * box[2], box[1] + (e.clientY - r.top) / r.height * box[3]]; };
          svg.addEventListener('wheel', e => {
            e.preventDefault();
            const [x, y] = at(e), f = Math.min(1, Math.max(.02, box[2] / all[2] * (e.deltaY > 0 ? 1.25 : .8))) * all[2] / box[2];
            box = [x - (x - box[0]) * f, y - (y - box[1]) * f, box[2] * f, box[3] * f];
            if (box[2] >= all[2] * .999) box = [...all];
            show();
          }, { passive: false });
          svg.addEventListener('pointerdown', e => { grip = at(e); svg.setPointerCapture(e.pointerId); });
          svg.addEventListener('pointermove', e => { if (!grip) return; const [x, y] = at(e); box[0] += grip[0] - x; box[1] += grip[1] - y; show(); });
          svg.addEventListener('pointerup', () => { grip = null; });
          svg.addEventListener('dblclick', () => { box = [...all]; show(); });
        }
        """;

    public static string Write(ExperimentResult run, IReadOnlyList<Law> laws)
    {
        Experiment experiment = run.Experiment;
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
            .Append(Text(experiment.Title)).Append("</title><style>\n").Append(Style).Append("\n</style></head><body>\n<h1>").Append(Text(experiment.Title))
            .Append("</h1>\n<p>").Append(Text(experiment.Summary)).Append("</p>\n<p class=\"q\">").Append(Text(experiment.Question)).Append("</p>\n");
        page.Append("<h2>Figures beside the law</h2>\n<table><thead><tr><th></th><th>law</th><th>expected</th><th>got</th><th>source</th></tr></thead><tbody>\n");
        foreach (Law law in laws)
        {
            string expected = law.Expected is { } value
                ? ExperimentText.Quantity(value, law.Unit, law.IsStatement)
                : ExperimentText.Band(law);
            page.Append(law.Holds ? "<tr><td class=\"yes\">✓ holds</td><td>" : "<tr><td class=\"no\">✗ fails</td><td>").Append(Text(law.Name)).Append("</td><td class=\"n\">").Append(Text(expected))
                .Append("</td><td class=\"n\">").Append(Text(ExperimentText.Quantity(law.Got, law.Unit, law.IsStatement))).Append("</td><td>").Append(Text(law.Source)).Append("</td></tr>\n");
        }

        foreach (Measure measure in run.Measures)
        {
            page.Append("<tr><td></td><td>").Append(Text(measure.Name)).Append("</td><td></td><td class=\"n\">").Append(Text(ExperimentText.Quantity(measure.Value, measure.Unit, false))).Append("</td><td></td></tr>\n");
        }

        page.Append("</tbody></table>\n");
        IReadOnlyList<(string Flow, string Limits)> bounds = ExperimentText.Bounds(run.Networks);
        if (bounds.Count > 0)
        {
            page.Append("<h2>What bound the flows</h2>\n<table><thead><tr><th>flow</th><th>what its sender waited for, in per cent of the time</th></tr></thead><tbody>\n");
            foreach ((string flow, string limits) in bounds)
            {
                page.Append("<tr><td>").Append(Text(flow)).Append("</td><td>").Append(Text(limits)).Append("</td></tr>\n");
            }

            page.Append("</tbody></table>\n");
        }

        foreach (Picture picture in run.Pictures)
        {
            // Every figure has clips of its own: their names must not meet in one page.
            string svg = picture.Figure.ToSvg().Replace("id=\"a", $"id=\"{picture.Name}-a", StringComparison.Ordinal).Replace("url(#a", $"url(#{picture.Name}-a", StringComparison.Ordinal);
            page.Append("<figure>").Append(svg).Append("<figcaption>").Append(Text(picture.Figure.Title)).Append(": point at a mark; wheel zooms, dragging moves, a double click shows all.</figcaption></figure>\n");
        }

        foreach ((string title, IReadOnlyList<string> lines) in run.Ladders)
        {
            page.Append("<h3>").Append(Text(title)).Append("</h3>\n<pre>").Append(Text(string.Join('\n', lines))).Append("</pre>\n");
        }

        page.Append("<h2>Why</h2>\n<p>").Append(Text(experiment.Explanation)).Append("</p>\n<p>Sources: ").Append(Text(string.Join("; ", experiment.Sources))).Append("</p>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p>Seed {run.Seed}. Again: <code>{Text(ExperimentRunner.CommandOf(experiment, run.Seed, run.Settings))}</code></p>\n<script>\n{Script}\n</script></body></html>\n");
        return page.ToString();
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
