namespace NetLab.Host.Plots;

/// <summary>The colours of a <see cref="Figure"/>.</summary>
public enum ChartTheme
{
    /// <summary>Light, and dark where whoever looks prefers it.</summary>
    Automatic,

    /// <summary>Dark on light.</summary>
    Light,

    /// <summary>Light on dark.</summary>
    Dark,
}
