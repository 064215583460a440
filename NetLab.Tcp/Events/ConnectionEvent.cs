using NetLab.Tcp.Counters;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Events;

/// <summary>Something that happened to a connection. Which of the values mean something follows from the kind.</summary>
public readonly record struct ConnectionEvent
{
    /// <summary>When.</summary>
    public required Instant At { get; init; }

    /// <summary>What.</summary>
    public required ConnectionEventKind Kind { get; init; }

    /// <summary>The state it went to, or is in.</summary>
    public ConnectionState State { get; init; }

    /// <summary>The state it came from, of <see cref="ConnectionEventKind.StateChanged"/>.</summary>
    public ConnectionState PreviousState { get; init; }

    /// <summary>The header of a segment sent or received.</summary>
    public SegmentHeader Header { get; init; }

    /// <summary>Bytes of payload of a segment sent or received.</summary>
    public int PayloadLength { get; init; }

    /// <summary>Why a segment was sent.</summary>
    public SegmentPurpose Purpose { get; init; }

    /// <summary>
    /// The transmission that was sent, acknowledged or lost, counted from 1; 0 for segments that occupy no sequence numbers.
    /// </summary>
    public long Transmission { get; init; }

    /// <summary>How often what was sent, acknowledged or lost has been sent by then; 0 for what occupies no sequence numbers.</summary>
    public int Transmissions { get; init; }

    /// <summary>
    /// Offset in its direction's stream of the first sequence number: the SYN is at 0, the first byte at 1.
    /// </summary>
    public long Start { get; init; }

    /// <summary>Offset behind the last sequence number.</summary>
    public long End { get; init; }

    /// <summary>Why a segment is taken for lost.</summary>
    public LossCause Cause { get; init; }

    /// <summary>What is known of the path, of <see cref="ConnectionEventKind.MetricsChanged"/>.</summary>
    public ConnectionMetrics Metrics { get; init; }

    /// <summary>The timer set, stopped or expired.</summary>
    public ConnectionTimer Timer { get; init; }

    /// <summary>When a timer that was set will expire.</summary>
    public Instant Deadline { get; init; }

    /// <summary>Whether it is a segment that was sent before, in whole or in part.</summary>
    public bool IsRetransmission => Kind == ConnectionEventKind.SegmentSent && Transmissions > 1;
}
