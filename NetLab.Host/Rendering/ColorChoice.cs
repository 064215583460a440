namespace NetLab.Host.Rendering;

/// <summary>What <c>--color</c> says.</summary>
internal enum ColorChoice
{
    /// <summary>Colors for terminals.</summary>
    Auto,

    /// <summary>Colors wherever output goes, such as to a pager.</summary>
    Always,

    /// <summary>No colors.</summary>
    Never,
}
