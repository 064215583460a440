namespace NetLab.Host.Measurement.Comparison;

/// <summary>A piece of a measured run; what was not measured is null.</summary>
/// <param name="At">Seconds from the beginning to its middle.</param>
internal readonly record struct RunSample(double At)
{
    /// <summary>How long it was, in seconds; 0 for a moment.</summary>
    public double Seconds { get; init; }

    /// <summary>What the receiver got, in bits a second.</summary>
    public double? BitsPerSecond { get; init; }

    /// <summary>The congestion window in bytes.</summary>
    public double? Window { get; init; }

    /// <summary>The slow start threshold in bytes.</summary>
    public double? Threshold { get; init; }

    /// <summary>Bytes in the network.</summary>
    public double? InFlight { get; init; }

    /// <summary>The round trip that the transport measured, in milliseconds.</summary>
    public double? RoundTrip { get; init; }

    /// <summary>The round trip of a probe beside the load, in milliseconds.</summary>
    public double? Latency { get; init; }

    /// <summary>Bytes that waited before the bottleneck.</summary>
    public double? Queue { get; init; }

    /// <summary>Segments sent again, or datagrams lost.</summary>
    public double? Lost { get; init; }
}
