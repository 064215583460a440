namespace NetLab.Host.Measurement.Reports;

/// <summary>A piece of a run.</summary>
/// <param name="Sum">All its streams together.</param>
internal sealed record PerfInterval(PerfIntervalSum Sum);

/// <summary>What a piece of a run carried, by what the receiver got.</summary>
/// <param name="Start">Seconds since the measured part began.</param>
/// <param name="End">Likewise.</param>
internal sealed record PerfIntervalSum(double Start, double End)
{
    public double Seconds => End - Start;

    public long Bytes { get; init; }

    public double BitsPerSecond => Seconds > 0 ? 8 * Bytes / Seconds : 0;

    /// <summary>Datagrams; 0 for a stream.</summary>
    public long Packets { get; init; }

    /// <summary>Datagrams found missing meanwhile; those that come late are taken back from a later piece.</summary>
    public long LostPackets { get; init; }

    /// <summary>Segments the sender sent again; 0 for datagrams.</summary>
    public long Retransmits { get; init; }

    /// <summary>The sender's congestion window at the end, in bytes, all streams together; 0 for datagrams or where it is not known.</summary>
    public long SndCwnd { get; init; }

    /// <summary>The sender's slow start threshold in bytes, all streams together; 0 before the first loss, or where it is not known.</summary>
    public long SndSsthresh { get; init; }

    /// <summary>Bytes in the network at the end, all streams together; 0 for datagrams.</summary>
    public long InFlight { get; init; }

    /// <summary>The variation of the first stream's round trip, in microseconds; 0 for datagrams.</summary>
    public long Rttvar { get; init; }

    /// <summary>Smoothed round-trip time of the first stream at the end, in microseconds; 0 for datagrams.</summary>
    public long Rtt { get; init; }
}
