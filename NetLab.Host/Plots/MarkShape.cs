namespace NetLab.Host.Plots;

/// <summary>The shape of a mark: what tells layers apart without colour.</summary>
public enum MarkShape
{
    /// <summary>A filled circle.</summary>
    Dot,

    /// <summary>An empty circle.</summary>
    Ring,

    /// <summary>A filled square.</summary>
    Square,

    /// <summary>A filled triangle that stands on its side.</summary>
    Triangle,

    /// <summary>A filled square that stands on a corner.</summary>
    Diamond,

    /// <summary>A diagonal cross.</summary>
    Cross,

    /// <summary>An upright cross.</summary>
    Plus,

    /// <summary>A short horizontal line.</summary>
    Tick,

    /// <summary>An arrow head that points up.</summary>
    Up,

    /// <summary>An arrow head that points down.</summary>
    Down,
}
