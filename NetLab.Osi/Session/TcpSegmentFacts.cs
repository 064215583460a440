namespace NetLab.Osi.Session;

/// <summary>What a segment means in its conversation.</summary>
/// <param name="Stream">The conversation.</param>
/// <param name="FromClient">Whether the client sent it.</param>
/// <param name="IsRetransmission">Whether it repeats sequence numbers that were sent before.</param>
/// <param name="State">The connection's state after it.</param>
/// <param name="HandshakeRoundTrip">Nanoseconds from SYN to the ACK that completes the handshake, on that ACK.</param>
public sealed record TcpSegmentFacts(
    TcpStream Stream, bool FromClient, bool IsRetransmission, TcpSessionState State, long? HandshakeRoundTrip)
{
    /// <summary>The conversation's number.</summary>
    public int StreamNumber => Stream.Number;
}
