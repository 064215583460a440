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
    private const LinkEffects AnyDrop = LinkEffects.Lost | LinkEffects.ScriptedDrop | LinkEffects.TooLarge | LinkEffects.QueueDrop | LinkEffects.EarlyDrop | LinkEffects.Down;

    /// <summary>When it left the queue, or was dropped: the moment of this entry.</summary>
    public Instant DecidedAt { get; init; }

    /// <summary>How long it waited before the line began with it, or before it was dropped.</summary>
    public TimeSpan Waited => DecidedAt - EnteredAt;

    /// <summary>Bytes, with headers, that it found waiting, the rest of what was being sent included.</summary>
    public long FoundBytes { get; init; }

    /// <summary>Datagrams that it found waiting, the one being sent not included.</summary>
    public int FoundDatagrams { get; init; }

    /// <summary>Its ECN field as it leaves.</summary>
    public EcnCodepoint Ecn { get; init; }

    /// <summary>Whether the datagram only serves a measurement, and is counted apart from what is measured.</summary>
    public bool IsAside { get; init; }

    /// <summary>Whether the datagram never leaves the link.</summary>
    public bool IsDropped => (Effects & AnyDrop) != 0;

    /// <summary>Whether two copies leave the link.</summary>
    public bool IsDuplicated => (Effects & LinkEffects.Duplicated) != 0;
}
