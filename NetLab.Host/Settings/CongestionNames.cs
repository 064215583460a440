using NetLab.Tcp.Options;

namespace NetLab.Host.Settings;

/// <summary>Congestion controls by the names that iperf3 and the kernel give them.</summary>
internal static class CongestionNames
{
    /// <summary>The algorithm of a name; the default of none.</summary>
    /// <exception cref="UsageException">NetLab's TCP has none of that name.</exception>
    public static CongestionAlgorithm Parse(string? name, string option = "--congestion") => name switch
    {
        null => new ConnectionOptions().Congestion,
        "cubic" => CongestionAlgorithm.Cubic,
        "reno" => CongestionAlgorithm.NewReno,
        "bbr" => CongestionAlgorithm.Bbr,
        _ => throw new UsageException($"{option} '{name}': NetLab's TCP has cubic, reno and bbr"),
    };
}
