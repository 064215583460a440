namespace NetLab.Host.Plots;

/// <summary>The outlines of the shapes of marks.</summary>
internal static class MarkShapes
{
    private static readonly MarkShape[] ByStyle =
        [MarkShape.Dot, MarkShape.Square, MarkShape.Triangle, MarkShape.Diamond, MarkShape.Ring, MarkShape.Plus, MarkShape.Cross, MarkShape.Up];

    /// <summary>The shape that goes with a style, so that the style is told without its colour.</summary>
    public static MarkShape OfStyle(int style) => ByStyle[SvgStyle.FormOf(style)];

    /// <summary>Whether a shape is an area, as opposed to strokes.</summary>
    public static bool IsFilled(MarkShape shape) => shape is MarkShape.Dot or MarkShape.Square or MarkShape.Triangle or MarkShape.Diamond;

    /// <summary>Its outline around the origin.</summary>
    public static string Outline(MarkShape shape) => shape switch
    {
        MarkShape.Dot => "M-2.5,0a2.5,2.5 0 1,0 5,0a2.5,2.5 0 1,0 -5,0z",
        MarkShape.Ring => "M-3.2,0a3.2,3.2 0 1,0 6.4,0a3.2,3.2 0 1,0 -6.4,0z",
        MarkShape.Square => "M-2.6,-2.6h5.2v5.2h-5.2z",
        MarkShape.Triangle => "M0,-3.4L3.2,2.6H-3.2z",
        MarkShape.Diamond => "M0,-3.6L3.6,0L0,3.6L-3.6,0z",
        MarkShape.Cross => "M-3.2,-3.2L3.2,3.2M-3.2,3.2L3.2,-3.2",
        MarkShape.Plus => "M-3.6,0H3.6M0,-3.6V3.6",
        MarkShape.Tick => "M-3,0H3",
        MarkShape.Up => "M-3,2.5L0,-2.5L3,2.5",
        _ => "M-3,-2.5L0,2.5L3,-2.5",
    };
}
