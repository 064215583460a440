using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>Moments of virtual time as numbers.</summary>
public static class Moments
{
    /// <summary>Seconds since the beginning.</summary>
    public static double TotalSeconds(this Instant moment) => moment.SinceOrigin.TotalSeconds;
}
