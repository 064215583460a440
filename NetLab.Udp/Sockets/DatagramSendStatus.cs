namespace NetLab.Udp.Sockets;

/// <summary>How a send call ended. None of these ends a socket's loop.</summary>
public enum DatagramSendStatus
{
    /// <summary>The system took every datagram.</summary>
    Sent,

    /// <summary>The send buffer is full: wait and send the rest again.</summary>
    Blocked,

    /// <summary>A datagram is larger than the path or the system allows; it and the rest were not sent.</summary>
    TooLarge,

    /// <summary>The destination refuses, or the system refuses to send there (port unreachable, not permitted); the datagrams are lost.</summary>
    Unreachable,

    /// <summary>
    /// This system has no way there at present: no route, an interface that is down, an address that is gone. The datagrams are lost, and
    /// have not left the machine.
    /// </summary>
    NoRoute,
}
