namespace NetLab.Tcp.Events;

/// <summary>The states of a connection (RFC 9293, 3.3.2). LISTEN is not one of them: a listener is a thing of its own.</summary>
public enum ConnectionState
{
    /// <summary>CLOSED: there is no connection.</summary>
    Closed,

    /// <summary>SYN-SENT: waiting for a matching request after having sent one.</summary>
    SynSent,

    /// <summary>SYN-RECEIVED: waiting for the acknowledgment of our request after both have been sent.</summary>
    SynReceived,

    /// <summary>ESTABLISHED: data flows.</summary>
    Established,

    /// <summary>FIN-WAIT-1: our FIN is sent, not acknowledged.</summary>
    FinWait1,

    /// <summary>FIN-WAIT-2: our FIN is acknowledged, the peer's has not come.</summary>
    FinWait2,

    /// <summary>CLOSE-WAIT: the peer's FIN has come, ours is not sent.</summary>
    CloseWait,

    /// <summary>CLOSING: both FINs are sent, ours is not acknowledged.</summary>
    Closing,

    /// <summary>LAST-ACK: the peer's FIN came first, ours is sent and not acknowledged.</summary>
    LastAck,

    /// <summary>TIME-WAIT: both ends are done; old segments are waited out.</summary>
    TimeWait,
}
