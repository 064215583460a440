using NetLab.Udp.Time;

namespace NetLab.Tcp.Protocol.Recovery;

/// <summary>What is known of a segment that was sent and not yet cumulatively acknowledged.</summary>
internal struct SentSegment
{
    /// <summary>Stream offset of its first sequence number.</summary>
    public long Start;

    /// <summary>Stream offset behind its last one.</summary>
    public long End;

    /// <summary>When it was last sent.</summary>
    public Instant SentAt;

    /// <summary>How often it has been sent.</summary>
    public int Transmissions;

    /// <summary>Whether it carries our SYN.</summary>
    public bool IsSyn;

    /// <summary>Whether its last sequence number is our FIN.</summary>
    public bool IsFin;

    /// <summary>Whether the peer holds it (RFC 2018).</summary>
    public bool IsSacked;

    /// <summary>Whether it is taken for lost and waits to be sent again.</summary>
    public bool IsLost;

    /// <summary>Whether it counts as in the network now.</summary>
    public bool InFlight;

    /// <summary>Sequence numbers it occupies.</summary>
    public readonly int Length => (int)(End - Start);

    /// <summary>Whether it was sent after another, by time and then by position (RFC 8985, 6.2).</summary>
    public readonly bool WasSentAfter(Instant otherSentAt, long otherEnd) =>
        SentAt > otherSentAt || (SentAt == otherSentAt && End > otherEnd);
}
