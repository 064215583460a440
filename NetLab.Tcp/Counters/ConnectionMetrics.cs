namespace NetLab.Tcp.Counters;

/// <summary>What a sender knows of the path and allows itself.</summary>
public readonly record struct ConnectionMetrics
{
    /// <summary>cwnd in bytes.</summary>
    public long CongestionWindow { get; init; }

    /// <summary>ssthresh in bytes; null before the first loss.</summary>
    public long? SlowStartThreshold { get; init; }

    /// <summary>Sequence numbers in the network: sent, not acknowledged, not taken for lost.</summary>
    public long InFlight { get; init; }

    /// <summary>SND.WND: the peer's window in bytes.</summary>
    public long SendWindow { get; init; }

    /// <summary>Bytes received that the application has not consumed.</summary>
    public long Unread { get; init; }

    /// <summary>The newest measured round trip; null before the first.</summary>
    public TimeSpan? LatestRoundTrip { get; init; }

    /// <summary>SRTT (RFC 6298); null before the first measurement.</summary>
    public TimeSpan? SmoothedRoundTrip { get; init; }

    /// <summary>The least round trip measured; null before the first.</summary>
    public TimeSpan? MinRoundTrip { get; init; }

    /// <summary>RTTVAR (RFC 6298).</summary>
    public TimeSpan RoundTripVariation { get; init; }

    /// <summary>RTO with its back-off: how long a segment sent now may stay unacknowledged.</summary>
    public TimeSpan RetransmissionTimeout { get; init; }

    /// <summary>Expiries of the retransmission timer in a row.</summary>
    public int Backoff { get; init; }

    /// <summary>MSS in force: bytes of payload and options in a full segment.</summary>
    public int SegmentSize { get; init; }

    /// <summary>Bytes of payload in a full segment, beside the options that every segment carries.</summary>
    public int PayloadSize { get; init; }

    /// <summary>Whether losses are being repaired.</summary>
    public bool InRecovery { get; init; }
}
