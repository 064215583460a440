using NetLab.Cluster.Work;

namespace NetLab.Cluster.Nodes;

/// <summary>What was measured between two nodes.</summary>
/// <param name="From">The sender's address and port.</param>
/// <param name="To">The receiver's.</param>
/// <param name="Transport">By which transport.</param>
/// <param name="Ended">When.</param>
/// <param name="Figures">What is shown of it.</param>
[GenerateSerializer]
internal sealed record PairFigures(string From, string To, string Transport, DateTimeOffset Ended, MeasurementFigures Figures);
