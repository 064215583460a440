using System.Globalization;
using System.Text;

namespace NetLab.Host.Plots;

/// <summary>
/// The style sheet of a figure. Eight styles, each a colour that the colour-blind tell from the others (after Okabe and Ito) with a dash
/// of its own, so that none is told by its colour alone.
/// </summary>
internal static class SvgStyle
{
    public const int Count = 8;

    private static readonly string[] Light = ["#0068a8", "#c04a00", "#00795a", "#a8397b", "#5b4bb5", "#8a6100", "#1b6f7a", "#57606a"];
    private static readonly string[] Dark = ["#58b0f0", "#ff9a57", "#3fcf9f", "#f08cc4", "#b3a6ff", "#e6b84a", "#63c9d6", "#a0abb6"];
    private static readonly string[] Dashes = ["", "7 3", "2 3", "10 3 2 3", "5 2", "1 2", "12 4", "4 4"];

    /// <summary>The class of a style's colour.</summary>
    public static string ColorOf(int style) => $"s{style % Count}";

    /// <summary>The class of a style's dash.</summary>
    public static string DashOf(int style) => $"d{FormOf(style)}";

    /// <summary>
    /// Which dash, and which shape of marks, a style has: of the first eight styles the colour's own; where colours come again, another one each
    /// time, so that 64 lines are told apart.
    /// </summary>
    public static int FormOf(int style) => (style + (style / Count)) % Count;

    public static string Sheet(ChartTheme theme)
    {
        var sheet = new StringBuilder();
        sheet.Append("text{font-family:system-ui,'DejaVu Sans','Segoe UI',Helvetica,Arial,sans-serif;font-size:13px}\n")
            .Append("text.t{font-size:15px;font-weight:600}\ntext.h{font-weight:600}\ntext.f{font-size:12px}\ntext.c{font-size:11px;font-weight:700}\n")
            .Append("text.e{text-anchor:end}\ntext.n{text-anchor:middle}\n")
            .Append(".l{fill:none;stroke-width:1.6;stroke-linejoin:round}\n.ref{stroke-width:1;stroke-dasharray:4 3}\n")
            .Append(".r{fill:none;stroke-width:1.4}\n.m{fill:none;stroke-width:1.5}\n.b{stroke:none;fill-opacity:.16}\n.g{fill:none;stroke-width:1}\n.x{fill:none;stroke-width:1}\n");
        for (int i = 0; i < Count; i++)
        {
            if (Dashes[i].Length > 0)
            {
                sheet.Append(CultureInfo.InvariantCulture, $".d{i}{{stroke-dasharray:{Dashes[i]}}}\n");
            }
        }

        Colors(sheet, theme == ChartTheme.Dark);
        if (theme == ChartTheme.Automatic)
        {
            sheet.Append("@media (prefers-color-scheme:dark){\n");
            Colors(sheet, true);
            sheet.Append("}\n");
        }

        return sheet.ToString();
    }

    private static void Colors(StringBuilder sheet, bool dark)
    {
        (string paper, string ink, string soft, string grid) = dark ? ("#0f141a", "#e6edf3", "#a4afba", "#2c343d") : ("#ffffff", "#1b1f24", "#59636e", "#e1e6eb");
        sheet.Append(CultureInfo.InvariantCulture, $".p{{fill:{paper}}}\ntext{{fill:{ink}}}\ntext.f,text.a{{fill:{soft}}}\n.g{{stroke:{grid}}}\n.x{{stroke:{soft}}}\n.ref{{stroke:{ink}}}\n");
        for (int i = 0; i < Count; i++)
        {
            string color = (dark ? Dark : Light)[i];
            sheet.Append(CultureInfo.InvariantCulture, $".l.s{i},.m.s{i},.r.s{i}{{stroke:{color}}}\n.k.s{i},.b.s{i},text.s{i}{{fill:{color}}}\n");
        }
    }
}
