using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Wire;

namespace NetLab.Tcp.Simulation.Drill.Recording;

/// <summary>A segment of a recording as a script will have it.</summary>
/// <param name="IsSent">Whether the machine sends it.</param>
/// <param name="Segment">The segment, its time counted from the first.</param>
internal sealed record ConversationStep(bool IsSent, EmittedSegment Segment)
{
    /// <summary>Its first sequence number in the script's count.</summary>
    public uint Sequence => unchecked(Segment.Sequence - Segment.Flow.OwnOffset);

    /// <summary>Behind its last byte of payload.</summary>
    public uint End => unchecked(Sequence + (uint)Segment.Length + (Segment.Has(SegmentFlags.Syn) ? 1u : 0u));
}
