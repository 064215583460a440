using NetLab.Tcp.Options;

namespace NetLab.Tcp.Simulation.Drill.Settings;

/// <summary>The names by which systems know congestion controls.</summary>
internal static class CongestionNames
{
    /// <summary>The algorithm of a name.</summary>
    public static bool TryParse(string name, out CongestionAlgorithm algorithm)
    {
        (bool known, algorithm) = name.Trim().ToLowerInvariant() switch
        {
            "cubic" => (true, CongestionAlgorithm.Cubic),
            "reno" or "newreno" => (true, CongestionAlgorithm.NewReno),
            "bbr" or "bbr3" => (true, CongestionAlgorithm.Bbr),
            _ => (false, default),
        };
        return known;
    }
}
