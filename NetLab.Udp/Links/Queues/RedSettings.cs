namespace NetLab.Udp.Links.Queues;

/// <summary>RED (RFC 2309), on the average number of datagrams that wait, with the gentle ramp.</summary>
public sealed record RedSettings : QueueSettings
{
    /// <inheritdoc/>
    public override string Name => "red";

    /// <summary>Average datagrams up to which none is dropped (Floyd and Jacobson 1993: 5).</summary>
    public double MinThreshold { get; init; } = 5;

    /// <summary>Average datagrams at which the probability is <see cref="MaxProbability"/> (three times the lower one).</summary>
    public double MaxThreshold { get; init; } = 15;

    /// <summary>The probability at the upper threshold (Floyd 1997: 0.1); from there to twice the threshold it rises to 1.</summary>
    public double MaxProbability { get; init; } = 0.1;

    /// <summary>Weight of the newest length in the average (Floyd and Jacobson 1993: 0.002).</summary>
    public double Weight { get; init; } = 0.002;

    /// <summary>Whether datagrams of ECN-capable senders are marked instead of dropped, up to the upper threshold.</summary>
    public bool Ecn { get; init; }
}
