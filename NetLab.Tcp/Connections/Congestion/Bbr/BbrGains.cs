namespace NetLab.Tcp.Connections.Congestion.Bbr;

/// <summary>By how much pace and window exceed what the path was seen to deliver (2.4 and 5.6).</summary>
/// <param name="Pacing">Of the bandwidth.</param>
/// <param name="Window">Of the bandwidth-delay product.</param>
internal readonly record struct BbrGains(double Pacing, double Window)
{
    private const double UsualWindow = 2;

    /// <summary>Those of a phase.</summary>
    public static BbrGains Of(BbrPhase phase) => phase switch
    {
        BbrPhase.Startup => new(2.77, UsualWindow),
        BbrPhase.Drain => new(0.5, UsualWindow),
        BbrPhase.Down => new(0.9, UsualWindow),
        BbrPhase.Up => new(1.25, 2.25),
        BbrPhase.ProbeRoundTrip => new(1, ProbeRoundTrip.WindowGain),
        _ => new(1, UsualWindow),
    };
}
