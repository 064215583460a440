namespace NetLab.Tcp.Simulation.Drill.Language;

/// <summary>When an event happens.</summary>
/// <param name="Kind">What the time counts from.</param>
/// <param name="Start">The moment, or the first of a range.</param>
/// <param name="End">The last moment of a range; the moment itself if there is none.</param>
internal readonly record struct DrillTime(DrillTimeKind Kind, TimeSpan Start, TimeSpan End)
{
    /// <summary>At the moment the event before it was over.</summary>
    public static DrillTime AtOnce => new(DrillTimeKind.Relative, TimeSpan.Zero, TimeSpan.Zero);
}

/// <summary>What a time counts from.</summary>
internal enum DrillTimeKind
{
    /// <summary>The event before: <c>+.1</c>.</summary>
    Relative,

    /// <summary>The beginning of the script: <c>1.25</c>.</summary>
    Absolute,

    /// <summary>Whenever it happens: <c>*</c>.</summary>
    Any,
}
