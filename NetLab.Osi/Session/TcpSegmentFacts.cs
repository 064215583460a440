namespace NetLab.Osi.Session;

/// <summary>What a segment means in its conversation. One object serves packet after packet.</summary>
public sealed class TcpSegmentFacts
{
    /// <summary>The conversation.</summary>
    public TcpStream Stream { get; internal set; } = null!;

    /// <summary>The conversation's number.</summary>
    public int StreamNumber => Stream.Number;

    /// <summary>The end that opened it, as far as was known by then.</summary>
    public TcpStreamEnd Client { get; internal set; }

    /// <summary>The other end.</summary>
    public TcpStreamEnd Server { get; internal set; }

    /// <summary>Whether the client sent it.</summary>
    public bool FromClient { get; internal set; }

    /// <summary>What stands out about it.</summary>
    public TcpAnalysisFlags Analysis { get; internal set; }

    /// <summary>Whether it repeats sequence numbers that were sent before.</summary>
    public bool IsRetransmission { get; internal set; }

    /// <summary>The connection's state after it.</summary>
    public TcpSessionState State { get; internal set; }

    /// <summary>Nanoseconds from SYN to the ACK that completes the handshake, on that ACK.</summary>
    public long? HandshakeRoundTrip { get; internal set; }

    /// <summary>Sequence number relative to the first one of its direction.</summary>
    public uint RelativeSequence { get; internal set; }

    /// <summary>Acknowledgment number relative to the first sequence number of the other direction; 0 as long as that is not known.</summary>
    public uint RelativeAcknowledgment { get; internal set; }

    /// <summary>Which of several equal acknowledgments in a row it is, from 1; 0 if it is no duplicate one.</summary>
    public int DuplicateAckNumber { get; internal set; }

    /// <summary>The ordinal of the packet whose last byte it acknowledges, if that was seen.</summary>
    public long? AcknowledgedPacket { get; internal set; }

    /// <summary>Nanoseconds since that packet.</summary>
    public long? AcknowledgmentRoundTrip { get; internal set; }

    /// <summary>Nanoseconds of the handshake's round trip, if it was seen by then.</summary>
    public long? InitialRoundTrip { get; internal set; }

    /// <summary>Bytes of its direction that were sent and not acknowledged, itself included; null where it cannot be said.</summary>
    public long? BytesInFlight { get; internal set; }

    /// <summary>By how many bits the windows of its direction are shifted (RFC 7323, 2); null if no SYN was seen.</summary>
    public int? WindowShift { get; internal set; }

    internal void Reset()
    {
        (DuplicateAckNumber, AcknowledgedPacket, AcknowledgmentRoundTrip) = (0, null, null);
        (InitialRoundTrip, BytesInFlight, WindowShift) = (null, null, null);
        (FromClient, Analysis, IsRetransmission, HandshakeRoundTrip) = (false, TcpAnalysisFlags.None, false, null);
        (RelativeSequence, RelativeAcknowledgment) = (0, 0);
    }
}
