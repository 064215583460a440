using NetLab.Osi.Model;
using NetLab.Osi.Rendering;

namespace NetLab.Host.Rendering;

/// <summary>A color a layer, the same everywhere.</summary>
internal static class LayerColors
{
    // ANSI colors, so that a terminal's own palette decides how they look.
    private static readonly int[] Codes = [90, 34, 36, 32, 33, 35, 31];

    /// <summary>Whether nobody wants to see colors: standard output is redirected, or NO_COLOR is set.</summary>
    public static bool IsPlain => !Terminal.HasColors;

    /// <summary>What a terminal is told to begin a layer's color; to end it for no layer.</summary>
    public static string Begin(OsiLayer? layer) => layer is { } known ? $"\e[{Codes[(int)known - 1]}m" : "\e[0m";

    /// <summary>Colors a tree's layer headings, if a person looks.</summary>
    public static void Apply(PacketTree tree, TextWriter text)
    {
        if (!IsPlain)
        {
            tree.Highlight = (OsiLayer layer, bool begins) => text.Write(Begin(begins ? layer : null));
        }
    }

    /// <summary>Colors summary lines, if a person looks: protocols and what a packet is about by layer, what is wrong in bold red.</summary>
    public static void Apply(PacketSummary summary)
    {
        if (!IsPlain)
        {
            (summary.Color, summary.MarkColor) = (Begin, "\e[1;31m");
        }
    }
}
