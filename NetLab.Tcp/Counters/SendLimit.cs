namespace NetLab.Tcp.Counters;

/// <summary>What keeps a sender from sending more right now.</summary>
public enum SendLimit
{
    /// <summary>Nothing is to be said: the handshake is not over, or all has been sent, the FIN included.</summary>
    None,

    /// <summary>The congestion window, or the repair of losses.</summary>
    CongestionWindow,

    /// <summary>The window that the peer offers.</summary>
    ReceiveWindow,

    /// <summary>The send buffer: all that fits into it is on its way, and more can be written only as acknowledgments make room.</summary>
    SendBuffer,

    /// <summary>The application, which has written no more than has been sent.</summary>
    Application,

    /// <summary>Pacing: it may be sent, but not yet.</summary>
    Pacing,
}
