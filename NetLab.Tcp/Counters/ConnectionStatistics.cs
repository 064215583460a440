using NetLab.Udp.Counters;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Counters;

/// <summary>What a connection has done so far. Counted by the machine; read at any time.</summary>
public sealed class ConnectionStatistics : ICounts<ConnectionStatistics>
{
    // Of connections that were added to this one.
    private SendLimitTimes _otherLimits;

    /// <summary>Segments sent, retransmissions counted.</summary>
    public long SegmentsSent { get; internal set; }

    /// <summary>Segments received for this connection with a good checksum.</summary>
    public long SegmentsReceived { get; internal set; }

    /// <summary>Bytes of payload sent, retransmissions counted.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Bytes the peer acknowledged.</summary>
    public long BytesAcknowledged { get; internal set; }

    /// <summary>Bytes delivered to the application in order.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Segments sent again: data, SYN or FIN.</summary>
    public long Retransmissions { get; internal set; }

    /// <summary>Expiries of the retransmission timer.</summary>
    public long Timeouts { get; internal set; }

    /// <summary>Times fast recovery began.</summary>
    public long FastRecoveries { get; internal set; }

    /// <summary>Recoveries, fast or by timeout, that turned out to be for nothing and were undone.</summary>
    public long SpuriousRecoveries { get; internal set; }

    /// <summary>Tail loss probes sent.</summary>
    public long TailLossProbes { get; internal set; }

    /// <summary>Segments sent to find out whether the path carries larger ones.</summary>
    public long MtuProbes { get; internal set; }

    /// <summary>Times the path stopped carrying what it had carried, and smaller segments were sent.</summary>
    public long BlackHoles { get; internal set; }

    /// <summary>Reports of the network on segments that were out (ICMP).</summary>
    public long PathErrors { get; internal set; }

    /// <summary>Times such a report made segments smaller.</summary>
    public long PathMtuReductions { get; internal set; }

    /// <summary>Zero-window probes sent.</summary>
    public long WindowProbes { get; internal set; }

    /// <summary>Duplicate acknowledgments received.</summary>
    public long DuplicateAcknowledgments { get; internal set; }

    /// <summary>Segments of ours that the peer says were marked on their way (ECN); counted modulo 8 between acknowledgments.</summary>
    public long MarksReported { get; internal set; }

    /// <summary>Segments that arrived marked.</summary>
    public long MarksReceived { get; internal set; }

    /// <summary>Challenge ACKs sent (RFC 5961).</summary>
    public long ChallengeAcknowledgments { get; internal set; }

    /// <summary>RSTs sent.</summary>
    public long ResetsSent { get; internal set; }

    /// <summary>Smoothed round-trip time, or null before the first measurement.</summary>
    public TimeSpan? SmoothedRoundTrip { get; internal set; }

    /// <summary>For how long what kept this end from sending more, up to the last time that was looked at.</summary>
    public SendLimitTimes Limits => LimitClock.Times.Add(_otherLimits);

    /// <summary>Keeps the time for <see cref="Limits"/>.</summary>
    internal SendLimitClock LimitClock { get; } = new();

    /// <summary>The same up to a moment.</summary>
    /// <param name="now">The moment, by the clock of the connection.</param>
    public SendLimitTimes LimitsAt(Instant now) => LimitClock.At(now).Add(_otherLimits);

    /// <inheritdoc/>
    /// <remarks>A round trip is nothing that adds up: it stays as it is.</remarks>
    public void Add(ConnectionStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        SegmentsSent += other.SegmentsSent;
        SegmentsReceived += other.SegmentsReceived;
        BytesSent += other.BytesSent;
        BytesAcknowledged += other.BytesAcknowledged;
        BytesReceived += other.BytesReceived;
        Retransmissions += other.Retransmissions;
        Timeouts += other.Timeouts;
        FastRecoveries += other.FastRecoveries;
        SpuriousRecoveries += other.SpuriousRecoveries;
        TailLossProbes += other.TailLossProbes;
        MtuProbes += other.MtuProbes;
        BlackHoles += other.BlackHoles;
        PathErrors += other.PathErrors;
        PathMtuReductions += other.PathMtuReductions;
        WindowProbes += other.WindowProbes;
        DuplicateAcknowledgments += other.DuplicateAcknowledgments;
        MarksReported += other.MarksReported;
        MarksReceived += other.MarksReceived;
        ChallengeAcknowledgments += other.ChallengeAcknowledgments;
        ResetsSent += other.ResetsSent;
        _otherLimits = _otherLimits.Add(other.Limits);
    }
}
