
namespace NetLab.Host.Settings;

/// <summary>What one run measures.</summary>
/// <param name="Transport">What carries the bytes.</param>
/// <param name="SegmentSize">Bytes a datagram (probe header counted), or the largest segment of a stream.</param>
/// <param name="Streams">Flows or connections at once.</param>
internal sealed record PerfSettings(LabTransport Transport, int SegmentSize, int Streams)
{
    /// <summary>The most flows or connections a run may have: as many as iperf3 allows.</summary>
    public const int MaxStreams = 128;

    /// <summary>
    /// Receive buffer that a datagram's receiver asks for, whichever transport: at 50 Gbit/s it bridges the five milliseconds
    /// for which a busy machine may not let it run. Only who may administer the network gets more than the system's limit.
    /// </summary>
    public const int ReceiveBufferSize = 32 << 20;

    /// <summary>
    /// Send buffer of each of so many streams of NetLab's TCP. What several have written and not sent is walked through in turns, and is
    /// out of the processor's cache when its turn comes: with half the usual size eight of them were a tenth faster.
    /// </summary>
    public static int SendBufferSize(int streams) => streams == 1 ? 1 << 20 : 512 << 10;

    /// <summary>How often a run reports on itself unless something else is said.</summary>
    public static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may come from the other half before it is given up: longer than any link's back-off.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>What is measured.</summary>
    public PerfMode Mode { get; init; }

    /// <summary>Whether the other way is measured at the same time, by settings of its own.</summary>
    public bool IsOneOfTwo { get; init; }

    /// <summary>How long the measured part lasts, if no number of bytes ends it.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many bytes the measured part has; 0 for as many as the time allows.</summary>
    public long Bytes { get; init; }

    /// <summary>Bits a second that the sender offers, all streams together; 0 for flat out.</summary>
    public long Rate { get; init; }

    /// <summary>
    /// How long the transport runs before it is measured: code is compiled, buffers and windows have grown. What is sent
    /// meanwhile is not counted anywhere.
    /// </summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often it reports on itself.</summary>
    public TimeSpan Interval { get; init; } = UsualInterval;

    /// <summary>
    /// The congestion controls of the streams' senders, which take turns in having them; null for the transport's own choice.
    /// </summary>
    public IReadOnlyList<string>? Congestion { get; init; }

    /// <summary>Which way it goes on the link.</summary>
    public PerfDirection Direction { get; init; }

    /// <summary>Whether a probe measures round trips beside it: idle, one way, the other, and both.</summary>
    public bool UnderLoad { get; init; }

    /// <summary>The congestion control of one of the streams.</summary>
    public string? CongestionOf(int stream) => Congestion is { Count: > 0 } names ? names[stream % names.Count] : null;

    /// <summary>Whether NetLab's TCP asks to be marked instead of dropped (ECN).</summary>
    public bool Ecn { get; init; }

    /// <summary>Whether a stream's sockets are polled, instead of slept on.</summary>
    public bool Polls { get; init; } = true;

    /// <summary>Whether NetLab's TCP looks for the largest segment the path carries, up to the segment size.</summary>
    public bool MtuSearch { get; init; }
}
