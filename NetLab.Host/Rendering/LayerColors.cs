using NetLab.Osi.Layers;
using NetLab.Osi.Rendering;

namespace NetLab.Host.Rendering;

/// <summary>A color a layer, the same everywhere.</summary>
internal static class LayerColors
{
    // ANSI colors, so that a terminal's own palette decides how they look.
    private static readonly int[] Codes = [90, 34, 36, 32, 33, 35, 31];

    /// <summary>Colors a tree's layer headings, if a person looks.</summary>
    public static void Apply(PacketTree tree, TextWriter text)
    {
        bool plain = Console.IsOutputRedirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        if (!plain)
        {
            tree.Highlight = (OsiLayer layer, bool begins) => text.Write(begins ? $"\e[{Codes[(int)layer - 1]}m" : "\e[0m");
        }
    }
}
