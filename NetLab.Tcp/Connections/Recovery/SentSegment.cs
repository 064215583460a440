using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Recovery;

/// <summary>What is known of a segment that was sent and not yet cumulatively acknowledged.</summary>
internal struct SentSegment
{
    /// <summary>Stream offset of its first sequence number.</summary>
    public long Start;

    /// <summary>Stream offset behind its last one.</summary>
    public long End;

    /// <summary>When it was last sent.</summary>
    public Instant SentAt;

    /// <summary>
    /// Its place among all transmissions. RFC 8985, 6.2 tells transmissions of one moment apart by sequence number, which is
    /// wrong for a retransmission that left behind something new.
    /// </summary>
    public long Order;

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

    /// <summary>Whether it is larger than what is known to arrive: to find out whether it does.</summary>
    public bool IsMtuProbe;

    /// <summary>Whether it is a byte that asked a peer without a window for one, and waits to go again with what follows it.</summary>
    public bool IsWindowProbe;

    /// <summary>Whether it counts as in the network now.</summary>
    public bool InFlight;

    /// <summary>Bytes the connection had delivered when it was sent (<see cref="DeliveryRate"/>).</summary>
    public long DeliveredBefore;

    /// <summary>Bytes the connection had found lost when it was sent.</summary>
    public long LostBefore;

    /// <summary>When the last of those delivered was.</summary>
    public Instant DeliveredAt;

    /// <summary>When the first segment of its flight was sent.</summary>
    public Instant FirstSentAt;

    /// <summary>Bytes in the network when it was sent, itself counted.</summary>
    public long InFlightAtSend;

    /// <summary>Whether it was sent while the application gave less than the window allowed.</summary>
    public bool IsApplicationLimited;

    /// <summary>Sequence numbers it occupies.</summary>
    public readonly int Length => (int)(End - Start);

    /// <summary>Bytes of payload: sequence numbers but for our SYN and FIN.</summary>
    public readonly int PayloadLength => Length - (IsSyn ? 1 : 0) - (IsFin ? 1 : 0);

    /// <summary>Its newest transmission.</summary>
    public readonly Transmission AsTransmission() => new(Order, Transmissions, Start, End, PayloadLength);
}
