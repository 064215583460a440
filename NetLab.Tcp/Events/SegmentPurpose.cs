namespace NetLab.Tcp.Events;

/// <summary>Why a segment was sent.</summary>
public enum SegmentPurpose
{
    /// <summary>An acknowledgment, or a RST: nothing of the stream.</summary>
    Control,

    /// <summary>The next of the stream: a SYN, data or a FIN for the first time.</summary>
    New,

    /// <summary>Something taken for lost, again.</summary>
    Retransmission,

    /// <summary>A tail loss probe (RFC 8985, 7): something new, or the last again.</summary>
    TailLossProbe,

    /// <summary>Something new in a larger segment than is known to arrive (RFC 4821).</summary>
    MtuProbe,

    /// <summary>A question for room in a closed window (RFC 9293, 3.8.6.1).</summary>
    WindowProbe,

    /// <summary>A question for a sign of life (RFC 9293, 3.8.4).</summary>
    KeepAlive,
}
