using NetLab.Tcp.Connections.Congestion;
using NetLab.Tcp.Connections.Congestion.Bbr;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Connections.Sending;

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
        CongestionAlgorithm.Bbr => new BbrControl(segmentSize, seed.Value),
        _ => new Cubic(segmentSize, paced, without),
    };
}
