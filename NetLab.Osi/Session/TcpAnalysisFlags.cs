namespace NetLab.Osi.Session;

/// <summary>What stands out about a TCP segment, in the words people know from Wireshark.</summary>
[Flags]
public enum TcpAnalysisFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Its bytes were sent before.</summary>
    Retransmission = 1,

    /// <summary>A retransmission that duplicate acknowledgments asked for.</summary>
    FastRetransmission = 2,

    /// <summary>A retransmission of bytes that had been acknowledged.</summary>
    SpuriousRetransmission = 4,

    /// <summary>It was overtaken by segments sent after it.</summary>
    OutOfOrder = 8,

    /// <summary>Segments before it are missing in the capture.</summary>
    LostSegment = 16,

    /// <summary>It acknowledges bytes that the capture does not have.</summary>
    AckedLostSegment = 32,

    /// <summary>It repeats an acknowledgment and says nothing else.</summary>
    DuplicateAck = 64,

    /// <summary>Its sender can take no more bytes.</summary>
    ZeroWindow = 128,

    /// <summary>One byte sent into a window of zero.</summary>
    ZeroWindowProbe = 256,

    /// <summary>It only changes the window.</summary>
    WindowUpdate = 512,

    /// <summary>It fills the receiver's window to the last byte.</summary>
    WindowFull = 1024,

    /// <summary>It asks whether the peer is still there.</summary>
    KeepAlive = 2048,

    /// <summary>It answers a keep-alive.</summary>
    KeepAliveAck = 4096,

    /// <summary>It answers a probe and says that the window is still closed.</summary>
    ZeroWindowProbeAck = 8192,

    /// <summary>Addresses and ports had another connection before.</summary>
    PortsReused = 16384,
}
