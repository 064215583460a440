namespace NetLab.Osi.Session;

/// <summary>Where a connection stands, as an onlooker sees it.</summary>
public enum TcpSessionState
{
    /// <summary>The capture began after the handshake.</summary>
    Midstream,

    /// <summary>A SYN was seen.</summary>
    Opening,

    /// <summary>The SYN was answered by a SYN_ACK.</summary>
    Answered,

    /// <summary>The handshake is complete.</summary>
    Established,

    /// <summary>The client has sent its FIN, the server has not.</summary>
    ClosingByClient,

    /// <summary>The server has sent its FIN, the client has not.</summary>
    ClosingByServer,

    /// <summary>Both have sent a FIN.</summary>
    Closed,

    /// <summary>The client reset the connection.</summary>
    ResetByClient,

    /// <summary>The server reset the connection.</summary>
    ResetByServer,
}
