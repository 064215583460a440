namespace NetLab.Udp.Links.Queues;

/// <summary>CoDel (RFC 8289).</summary>
public sealed record CoDelSettings : QueueSettings
{
    /// <inheritdoc/>
    public override string Name => "codel";

    /// <summary>The delay that may stand (RFC 8289, 4.4: 5 ms).</summary>
    public TimeSpan Target { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long it must have been exceeded, about the longest round trip (RFC 8289, 4.3: 100 ms).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether datagrams of ECN-capable senders are marked instead of dropped.</summary>
    public bool Ecn { get; init; }
}
