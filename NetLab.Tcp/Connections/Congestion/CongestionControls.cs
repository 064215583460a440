using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Connections.Congestion;

/// <summary>The algorithms there are.</summary>
internal static class CongestionControls
{
    /// <summary>A new one, that has seen nothing yet.</summary>
    /// <param name="algorithm">Which.</param>
    /// <param name="segmentSize">SMSS: payload of a full segment, in bytes.</param>
    /// <param name="paced">Whether what its window allows is spread over the round trip.</param>
    /// <param name="seed">What an algorithm that draws random numbers draws them from.</param>
    /// <param name="without">What it does without.</param>
    public static ICongestionControl Create(CongestionAlgorithm algorithm, int segmentSize, bool paced, SequenceNumber seed, Ablations without = Ablations.None) => algorithm switch
    {
        CongestionAlgorithm.NewReno => new NewReno(segmentSize),
        CongestionAlgorithm.Bbr => new Bbr(segmentSize, seed.Value),
        _ => new Cubic(segmentSize, paced, without),
    };

    /// <summary>RFC 6928, 2: min(10·MSS, max(2·MSS, 14600)).</summary>
    public static long InitialWindow(int segmentSize) => Math.Min(10L * segmentSize, Math.Max(2L * segmentSize, 14_600));
}
