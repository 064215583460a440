using System.Runtime.InteropServices;

namespace NetLab.Host.Measurement.Saved;

/// <summary>The machine that was measured on, and what of its kernel's settings matters.</summary>
/// <param name="System">The operating system.</param>
/// <param name="Processors">How many it has.</param>
/// <param name="Framework">.NET's version.</param>
/// <param name="Kernel">Settings of the kernel by name, those that can be read.</param>
internal sealed record SavedMachine(string System, int Processors, string Framework, IReadOnlyDictionary<string, string> Kernel)
{
    private static readonly string[] Names =
    [
        "net.core.rmem_max", "net.core.wmem_max", "net.core.rmem_default", "net.core.wmem_default", "net.core.default_qdisc", "net.core.busy_poll",
        "net.core.busy_read", "net.core.netdev_max_backlog", "net.ipv4.tcp_congestion_control", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.tcp_ecn",
        "net.ipv4.tcp_sack", "net.ipv4.tcp_timestamps", "net.ipv4.tcp_notsent_lowat",
    ];

    /// <summary>This one, now.</summary>
    public static SavedMachine Now()
    {
        var kernel = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in Names)
        {
            try
            {
                kernel[name] = File.ReadAllText("/proc/sys/" + name.Replace('.', '/')).Trim().Replace('\t', ' ');
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Not on this system, or not for everybody: it is left out.
            }
        }

        return new SavedMachine(RuntimeInformation.OSDescription, Environment.ProcessorCount, RuntimeInformation.FrameworkDescription, kernel);
    }
}
