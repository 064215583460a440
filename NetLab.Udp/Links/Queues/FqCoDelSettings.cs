namespace NetLab.Udp.Links.Queues;

/// <summary>FQ-CoDel (RFC 8290).</summary>
public sealed record FqCoDelSettings : QueueSettings
{
    /// <inheritdoc/>
    public override string Name => "fq_codel";

    /// <inheritdoc/>
    public override int DefaultDatagrams => 10_240;

    /// <summary>The delay that may stand in a flow's queue (RFC 8290, 5.2.1: 5 ms).</summary>
    public TimeSpan Target { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long it must have been exceeded (RFC 8290, 5.2.1: 100 ms).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Bytes a flow may send in its turn (RFC 8290, 5.2.4: 1,514).</summary>
    public int Quantum { get; init; } = 1_514;

    /// <summary>Queues that flows are spread over by a hash (RFC 8290, 5.2.3: 1,024).</summary>
    public int Flows { get; init; } = 1_024;

    /// <summary>Whether datagrams of ECN-capable senders are marked instead of dropped.</summary>
    public bool Ecn { get; init; }
}
