using NetLab.Host.Experiments.Pictures;

namespace NetLab.Host.Flows.Traces;

/// <summary>A connection out of a file, as pictures need it.</summary>
/// <param name="Client">The end on the left of a ladder.</param>
/// <param name="Server">The end on the right.</param>
/// <param name="Trace">What the end that sent most of the data sent, received and knew.</param>
/// <param name="Steps">Its segments, both ways, in the order in which they were sent.</param>
/// <param name="Source">What the file is, such as "a capture".</param>
internal sealed record TracedConnection(string Client, string Server, FlowTrace Trace, IReadOnlyList<LadderStep> Steps, string Source)
{
    /// <summary>Whether the sender's congestion window is known.</summary>
    public bool HasCongestionWindow { get; init; }

    /// <summary>What the file left out, or had more of than is read; empty for nothing.</summary>
    public string Notice { get; init; } = "";
}
