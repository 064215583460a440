using NetLab.Osi.Protocols;
using NetLab.Osi.Session;

namespace NetLab.Host.Demo;

/// <summary>
/// Which of the packets seen at one end are the first connection's handshake: its SYN, the SYN_ACK and what established it, not their
/// repetitions. The last may carry data: what the application writes at once goes with the ACK (RFC 9293, 3.5).
/// </summary>
/// <param name="most">How many of them are wanted, 1 to <see cref="All"/>.</param>
internal sealed class HandshakeSegments(int most)
{
    /// <summary>SYN, SYN_ACK, ACK.</summary>
    public const int All = 3;

    private static readonly TcpSessionState[] States = [TcpSessionState.Opening, TcpSessionState.Answered, TcpSessionState.Established];

    private int _found;

    /// <summary>Whether a packet is the next of them; packets are asked about in order.</summary>
    public bool IsNext(DecodedPacket packet)
    {
        bool isNext = _found < most
            && packet.Session is { StreamNumber: 0, IsRetransmission: false } session
            && session.State == States[_found];
        _found += isNext ? 1 : 0;
        return isNext;
    }
}
