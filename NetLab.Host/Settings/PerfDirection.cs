namespace NetLab.Host.Settings;

/// <summary>Which way a measurement's bytes go on the link.</summary>
internal enum PerfDirection
{
    /// <summary>Up.</summary>
    Forward,

    /// <summary>Down.</summary>
    Reverse,

    /// <summary>Both at the same time.</summary>
    Bidirectional,
}
