namespace NetLab.Udp.Links;

/// <summary>A datagram, or a batch of them, whose time to leave the link is known.</summary>
/// <param name="Bytes">Its memory, of the <see cref="LinkTransit{TTag}"/>'s store.</param>
/// <param name="Length">Bytes of it that are used.</param>
/// <param name="Tag">What leaves with it.</param>
/// <param name="Outcome">What befell it; of a batch, what befell its last.</param>
/// <param name="IsCopy">Whether another one of the same was there before.</param>
/// <typeparam name="TTag">The type of the tag.</typeparam>
internal readonly record struct TransitDatagram<TTag>(byte[] Bytes, int Length, TTag Tag, LinkOutcome Outcome, bool IsCopy)
{
    /// <summary>When it leaves.</summary>
    public Time.Instant DeliverAt => Outcome.DeliverAt;

    /// <summary>Bytes of each datagram of a batch; 0 for one alone.</summary>
    public int SegmentSize { get; init; }

    /// <summary>Which it is in the order of being put there: what is due at one moment leaves in this order.</summary>
    public long Order { get; init; }
}
