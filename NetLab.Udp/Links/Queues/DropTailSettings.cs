namespace NetLab.Udp.Links.Queues;

/// <summary>First in, first out; what finds no room is dropped.</summary>
public sealed record DropTailSettings : QueueSettings
{
    /// <inheritdoc/>
    public override string Name => "droptail";

    /// <inheritdoc/>
    public override int DefaultDatagrams => int.MaxValue;

    /// <summary>
    /// Bytes waiting from which on datagrams of ECN-capable senders are marked (RFC 3168); 0 for never.
    /// </summary>
    public long Mark { get; init; }
}
