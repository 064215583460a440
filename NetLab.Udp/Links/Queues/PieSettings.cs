namespace NetLab.Udp.Links.Queues;

/// <summary>PIE (RFC 8033).</summary>
public sealed record PieSettings : QueueSettings
{
    /// <inheritdoc/>
    public override string Name => "pie";

    /// <summary>The delay to hold (RFC 8033, QDELAY_REF: 15 ms).</summary>
    public TimeSpan Target { get; init; } = TimeSpan.FromMilliseconds(15);

    /// <summary>How often the probability is set (RFC 8033, T_UPDATE: 15 ms).</summary>
    public TimeSpan UpdateInterval { get; init; } = TimeSpan.FromMilliseconds(15);

    /// <summary>How long a burst passes untouched (RFC 8033, MAX_BURST: 150 ms).</summary>
    public TimeSpan MaxBurst { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Weight of the distance from the target, a second (RFC 8033: 1/8).</summary>
    public double Alpha { get; init; } = 0.125;

    /// <summary>Weight of the trend, a second (RFC 8033: 1 1/4).</summary>
    public double Beta { get; init; } = 1.25;

    /// <summary>Whether datagrams of ECN-capable senders are marked instead of dropped.</summary>
    public bool Ecn { get; init; }

    /// <summary>The probability up to which is marked (RFC 8033, 5.1: 0.1).</summary>
    public double MarkThreshold { get; init; } = 0.1;
}
