using NetLab.Cluster.Work;

namespace NetLab.Cluster.Decoding;

/// <summary>How far a decode is.</summary>
/// <param name="Coordinator">The node that hands out its pieces.</param>
/// <param name="Nodes">How many nodes there are.</param>
/// <param name="Done">Pieces that are done.</param>
/// <param name="Running">Pieces that are decoded now.</param>
/// <param name="Total">All pieces.</param>
/// <param name="Notes">What there was to say, from the beginning of this coordinator.</param>
/// <param name="Warnings">What is wrong with captures that have tables all the same.</param>
/// <param name="Failures">Pieces that no node could decode, and why.</param>
/// <param name="IsOver">Whether nothing is left to do.</param>
[GenerateSerializer]
internal sealed record DecodeProgress(string Coordinator, int Nodes, int Done, int Running, int Total, string[] Notes, string[] Warnings, string[] Failures, bool IsOver)
    : IJobProgress;
