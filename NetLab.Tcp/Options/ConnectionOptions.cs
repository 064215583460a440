using NetLab.Tcp.Events;

namespace NetLab.Tcp.Options;

/// <summary>How a connection behaves. Every connection of an endpoint may have its own.</summary>
public sealed record ConnectionOptions
{
    /// <summary>
    /// Largest segment we take, and the most we send whatever the peer says: payload and options, in bytes (RFC 6691).
    /// 1400 with 20 bytes of TCP, 8 of UDP and 20 to 40 of IP header stays below an Ethernet's 1500.
    /// </summary>
    public int MaxSegmentSize { get; init; } = 1400;

    /// <summary>
    /// Whether to find out how large a segment the path carries (RFC 4821, RFC 8899): beginning with 1180 bytes, which every path
    /// does, up to <see cref="MaxSegmentSize"/>. Off, that is taken to arrive.
    /// </summary>
    public bool MtuSearch { get; init; }

    /// <summary>Bytes that may wait to be read: the largest receive window, 1 KiB to 1 GiB.</summary>
    public int ReceiveBufferSize { get; init; } = 1 << 20;

    /// <summary>Bytes that may be written and not yet acknowledged.</summary>
    public int SendBufferSize { get; init; } = 1 << 20;

    /// <summary>
    /// Unsent bytes below which a writer is woken, 1 to <see cref="SendBufferSize"/>; null to wake it when there is room in
    /// the send buffer. Small, what is written is never much older than what the network takes.
    /// </summary>
    public int? UnsentLowWaterMark { get; init; }

    /// <summary>How the connection decides how much may be in the network.</summary>
    public CongestionAlgorithm Congestion { get; init; }

    /// <summary>Whether queues on the way may mark what is sent instead of dropping it.</summary>
    public EcnMode Ecn { get; init; }

    /// <summary>
    /// Whether a receiver that feeds marks back by RFC 9768 tells bytes, too, in an option (3.2.3); for a path that drops what it does
    /// not know. The peer's option is read either way.
    /// </summary>
    public bool AccurateEcnOption { get; init; } = true;

    /// <summary>Whether what may be sent is spread over the round trip instead of sent in bursts. BBR always is.</summary>
    public bool Pacing { get; init; } = true;

    /// <summary>Whether small segments wait for an acknowledgment (Nagle, RFC 9293, 3.7.4). Off, as in most .NET servers.</summary>
    public bool Nagle { get; init; }

    /// <summary>How long an acknowledgment may wait for company. RFC 9293, 3.8.6.3 allows 500 ms; 40 ms is common.</summary>
    public TimeSpan DelayedAcknowledgment { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Segments acknowledged at once at the start, when the sender's window is small and waits for each.</summary>
    public int QuickAcknowledgments { get; init; } = 16;

    /// <summary>RTO before the first measurement (RFC 6298, 2.1).</summary>
    public TimeSpan InitialRetransmissionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Least RTO. RFC 6298, 2.4 says 1 s; kernels use 200 ms, and so do we.</summary>
    public TimeSpan MinRetransmissionTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Largest RTO (RFC 6298, 2.5).</summary>
    public TimeSpan MaxRetransmissionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Retransmissions of one segment before giving up (RFC 9293, 3.8.3: R2).</summary>
    public int MaxRetransmissions { get; init; } = 15;

    /// <summary>Retransmissions of a SYN or SYN_ACK before giving up; 7 are 183 s, as it has to be three minutes (RFC 9293, 3.8.3: MUST-23).</summary>
    public int MaxSynRetransmissions { get; init; } = 7;

    /// <summary>How long data may stay unacknowledged before giving up (RFC 5482); null for no limit but the counts.</summary>
    public TimeSpan? UserTimeout { get; init; }

    /// <summary>Idle time before the peer is asked for a sign of life; null for never (RFC 9293, 3.8.4).</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>Time between keep-alive probes; never less than the RTO, or a peer that is there could not answer in time.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Unanswered keep-alive probes before giving up.</summary>
    public int KeepAliveProbes { get; init; } = 5;

    /// <summary>MSL: how long a segment may live in the network; TIME-WAIT lasts two (RFC 9293, 3.4.2).</summary>
    public TimeSpan MaxSegmentLifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a connection that the application has closed both ways waits for a peer that answers and keeps its window shut, before it
    /// is reset; and in FIN-WAIT-2 for the peer's FIN, before it is forgotten.
    /// </summary>
    public TimeSpan OrphanTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Least time between challenge ACKs of one connection (RFC 5961, 7).</summary>
    public TimeSpan ChallengeInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether to offer selective acknowledgments (RFC 2018).</summary>
    public bool Sack { get; init; } = true;

    /// <summary>Whether to offer timestamps (RFC 7323).</summary>
    public bool Timestamps { get; init; } = true;

    /// <summary>Whether to offer window scaling (RFC 7323). Without it no window exceeds 65,535 bytes.</summary>
    public bool WindowScaling { get; init; } = true;

    /// <summary>The window scale to offer, 0 to 14 (RFC 7323, 2.3); null for the least that <see cref="ReceiveBufferSize"/> needs.</summary>
    public int? WindowScale { get; init; }

    /// <summary>Whether a SYN says our MSS; one that says none is what a stack without options sends (scripts only).</summary>
    internal bool TellsSegmentSize { get; init; } = true;

    /// <summary>Parts of the machine to do without, for experiments on what they are for.</summary>
    public Ablations Without { get; init; }

    /// <summary>
    /// Asked once a connection for an observer of everything that happens to it; null, or an answer of null, for nobody,
    /// which costs nothing.
    /// </summary>
    public Func<ObservedConnection, IConnectionObserver?>? Observe { get; init; }

    /// <summary>Says what is wrong, one line, or null.</summary>
    public string? Validate() => this switch
    {
        { MaxSegmentSize: < SmallestSegmentSize or > LargestSegmentSize } => $"MaxSegmentSize is {SmallestSegmentSize} to {LargestSegmentSize} bytes, not {MaxSegmentSize}",
        { ReceiveBufferSize: < 1024 or > 1 << 30 } => $"ReceiveBufferSize is 1 KiB to 1 GiB, not {ReceiveBufferSize} bytes",
        { SendBufferSize: < 1024 or > 1 << 30 } => $"SendBufferSize is 1 KiB to 1 GiB, not {SendBufferSize} bytes",
        { WindowScale: < 0 or > 14 } => $"WindowScale is 0 to 14, not {WindowScale}",
        { UnsentLowWaterMark: { } mark } when mark < 1 || mark > SendBufferSize => $"UnsentLowWaterMark is 1 to SendBufferSize ({SendBufferSize}) bytes, not {mark}",
        _ when !Enum.IsDefined(Congestion) => $"Congestion is one of {string.Join(", ", Enum.GetNames<CongestionAlgorithm>())}, not {Congestion}",
        _ when !Enum.IsDefined(Ecn) => $"Ecn is one of {string.Join(", ", Enum.GetNames<EcnMode>())}, not {Ecn}",
        _ when Durations().Any(d => d < TimeSpan.Zero || d > LongestDuration) => $"durations are from 0 to {LongestDuration.TotalDays} days",
        { MaxRetransmissions: < 0 } or { MaxSynRetransmissions: < 0 } => "the number of retransmissions is not negative",
        { QuickAcknowledgments: < 0 } => $"QuickAcknowledgments is not negative, not {QuickAcknowledgments}",
        { KeepAlive: { } idle } when idle < ShortestKeepAlive => $"KeepAlive is {ShortestKeepAlive.TotalMilliseconds} ms or more, not {idle.TotalSeconds} s",
        _ when KeepAliveInterval < ShortestKeepAlive => $"KeepAliveInterval is {ShortestKeepAlive.TotalMilliseconds} ms or more, not {KeepAliveInterval.TotalSeconds} s",
        { KeepAliveProbes: < 1 } => $"KeepAliveProbes is 1 or more, not {KeepAliveProbes}",
        _ when DelayedAcknowledgment > LongestDelay => $"DelayedAcknowledgment is {LongestDelay.TotalSeconds} s at most (RFC 9293, 3.8.6.3), not {DelayedAcknowledgment.TotalSeconds} s",
        _ when OrphanTimeout <= TimeSpan.Zero => "OrphanTimeout is more than zero",
        { UserTimeout: { } limit } when limit <= TimeSpan.Zero => "UserTimeout is more than zero; null for none",
        _ when MinRetransmissionTimeout <= TimeSpan.Zero || MinRetransmissionTimeout > MaxRetransmissionTimeout
            || InitialRetransmissionTimeout <= TimeSpan.Zero => "retransmission timeouts are more than zero, and the least is not above the largest",
        _ => null,
    };

    // Longer than any connection lives, and short enough that no clock overflows.
    internal static readonly TimeSpan LongestDuration = TimeSpan.FromDays(365);

    // Less would be a busy loop. How soon a probe follows another is a matter of the path, too.
    private static readonly TimeSpan ShortestKeepAlive = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(500);

    private IEnumerable<TimeSpan> Durations() =>
    [
        DelayedAcknowledgment, InitialRetransmissionTimeout, MinRetransmissionTimeout, MaxRetransmissionTimeout, UserTimeout ?? TimeSpan.Zero,
        KeepAlive ?? TimeSpan.Zero, KeepAliveInterval, MaxSegmentLifetime, OrphanTimeout, ChallengeInterval,
    ];

    /// <summary>The least MSS of our own: SACK blocks, 40 bytes of options, have to find room in it beside data.</summary>
    internal const int SmallestSegmentSize = 88;

    /// <summary>
    /// The least MSS of a peer's that is kept to (RFC 9293, 3.7.1: MUST-16), the 88 bytes of an X.25 path less 40 of headers; what asks
    /// for less than that wants segments without content.
    /// </summary>
    internal const int SmallestPeerSegmentSize = 48;

    /// <summary>The largest MSS: a UDP datagram over IPv4 holds 65,507 bytes, of which 20 are the TCP header.</summary>
    public const int LargestSegmentSize = 65_507 - 20;
}
