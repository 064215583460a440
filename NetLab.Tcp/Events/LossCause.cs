namespace NetLab.Tcp.Events;

/// <summary>Why a segment is taken for lost.</summary>
public enum LossCause
{
    /// <summary>One sent sufficiently later was delivered (RFC 8985).</summary>
    Time,

    /// <summary>Duplicate or partial acknowledgments point at it (RFC 5681, RFC 6582).</summary>
    DuplicateAcknowledgments,

    /// <summary>The retransmission timer expired (RFC 6298).</summary>
    Timeout,

    /// <summary>The peer took back its window: what it had no room for has to go again.</summary>
    WindowClosed,

    /// <summary>The path carries segments of that size no more (RFC 4821, 7.7).</summary>
    TooLarge,

    /// <summary>The peer repeated its SYN: it has not seen ours.</summary>
    Asked,
}
