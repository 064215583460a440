using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>What a link did to one datagram: an entry of its log.</summary>
/// <param name="Ordinal">The datagram's number in this direction, from 1.</param>
/// <param name="EnteredAt">When it reached the link.</param>
/// <param name="Length">Bytes of UDP payload.</param>
/// <param name="Effects">Everything that befell it.</param>
/// <param name="DeliverAt">When it leaves the link; meaningless if it was dropped.</param>
/// <param name="CorruptedBit">Which bit of the payload was flipped, or -1.</param>
public readonly record struct LinkOutcome(
    long Ordinal, Instant EnteredAt, int Length, LinkEffects Effects, Instant DeliverAt, int CorruptedBit)
{
    private const LinkEffects AnyDrop = LinkEffects.Lost | LinkEffects.ScriptedDrop | LinkEffects.TooLarge | LinkEffects.QueueDrop;

    /// <summary>Its ECN field as it leaves.</summary>
    public EcnCodepoint Ecn { get; init; }

    /// <summary>Whether the datagram only serves a measurement, and is counted apart from what is measured.</summary>
    public bool IsAside { get; init; }

    /// <summary>Whether the datagram never leaves the link.</summary>
    public bool IsDropped => (Effects & AnyDrop) != 0;

    /// <summary>Whether two copies leave the link.</summary>
    public bool IsDuplicated => (Effects & LinkEffects.Duplicated) != 0;
}
