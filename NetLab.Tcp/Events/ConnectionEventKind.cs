namespace NetLab.Tcp.Events;

/// <summary>What can happen to a connection.</summary>
public enum ConnectionEventKind
{
    /// <summary>It went from one state to another.</summary>
    StateChanged,

    /// <summary>It sent a segment.</summary>
    SegmentSent,

    /// <summary>It was given a segment that arrived for it, acceptable or not.</summary>
    SegmentReceived,

    /// <summary>The peer acknowledged a segment of ours, by number or by SACK.</summary>
    SegmentAcknowledged,

    /// <summary>A segment of ours is taken for lost and will be sent again.</summary>
    SegmentLost,

    /// <summary>What had been taken for loss was not: the reduction was taken back (RFC 4015).</summary>
    RecoveryUndone,

    /// <summary>Windows, round trips or what is in flight changed.</summary>
    MetricsChanged,

    /// <summary>A timer was set, or set anew.</summary>
    TimerSet,

    /// <summary>A timer was stopped before its time.</summary>
    TimerStopped,

    /// <summary>A timer's time came.</summary>
    TimerExpired,
}
