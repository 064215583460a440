using NetLab.Tcp.Options;

namespace NetLab.Host.Experiments.Real;

/// <summary>Who sends in a trial, and how.</summary>
/// <param name="IsKernel">Whether it is the kernel's TCP, or else NetLab's.</param>
/// <param name="Algorithm">Its congestion control.</param>
/// <param name="StartsAt">Seconds after the trial's begin at which it begins; beyond its end for never.</param>
internal sealed record RealSender(bool IsKernel, CongestionAlgorithm Algorithm, double StartsAt = 0)
{
    /// <summary>The kernel's name of the algorithm.</summary>
    public string KernelName => KernelNameOf(Algorithm);

    /// <summary>Such as "kernel's CUBIC" or "NetLab's Reno".</summary>
    public string Name => $"{(IsKernel ? "kernel's" : "NetLab's")} {NameOf(Algorithm)}";

    /// <summary>As people write it.</summary>
    public static string NameOf(CongestionAlgorithm algorithm) => algorithm == CongestionAlgorithm.NewReno ? "Reno" : algorithm == CongestionAlgorithm.Cubic ? "CUBIC" : "BBR";

    /// <summary>As the kernel names it.</summary>
    public static string KernelNameOf(CongestionAlgorithm algorithm) => algorithm == CongestionAlgorithm.NewReno ? "reno" : algorithm == CongestionAlgorithm.Cubic ? "cubic" : "bbr";
}
