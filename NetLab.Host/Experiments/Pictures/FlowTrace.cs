using System.Globalization;
using NetLab.Host.Experiments.Networks;

namespace NetLab.Host.Experiments.Pictures;

/// <summary>What one end of a connection sent, received and knew: what its pictures are made of, whoever noted it (an event log, a qlog file, a capture).</summary>
/// <param name="Name">Its name in pictures.</param>
public sealed record FlowTrace(string Name)
{
    /// <summary>The segments it sent, in order of time.</summary>
    public IReadOnlyList<SegmentRecord> Sent { get; init; } = [];

    /// <summary>The segments that reached it, in order of time.</summary>
    public IReadOnlyList<SegmentRecord> Received { get; init; } = [];

    /// <summary>What it knew of the path, whenever that changed; empty where nobody noted that.</summary>
    public IReadOnlyList<FlowSample> Samples { get; init; } = [];

    /// <summary>What is known to be lost of what it sent.</summary>
    public IReadOnlyList<LostSegment> Lost { get; init; } = [];

    /// <summary>What the losses are called: on the link where its log is known, else by whom.</summary>
    public string LostName { get; init; } = "lost on the link";

    /// <summary>The client's end of a flow, with the log of the link before it.</summary>
    public static FlowTrace Of(LabFlow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        return new FlowTrace(flow.Name)
        {
            Sent = flow.ClientEnd.Sent,
            Received = flow.ClientEnd.Received,
            Samples = flow.ClientEnd.Samples,
            Lost = [.. flow.Up.Events.Where(e => e.IsDropped && e.From == flow.Name && e.End > e.Start).Select(e => new LostSegment(e.At, e.Outcome.DecidedAt, e.Start, e.End, Describe(e)))],
        };
    }

    private static string Describe(LinkEvent e) =>
        string.Create(CultureInfo.InvariantCulture, $"{e.What} {e.Start}–{e.End} lost at {e.Outcome.DecidedAt.TotalSeconds():F6} s ({e.Outcome.Effects})");
}
