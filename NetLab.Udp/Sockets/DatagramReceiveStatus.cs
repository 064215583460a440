namespace NetLab.Udp.Sockets;

/// <summary>How a receive call ended. None of these ends a socket's loop.</summary>
public enum DatagramReceiveStatus
{
    /// <summary>Nothing is waiting.</summary>
    Empty,

    /// <summary>A batch was received.</summary>
    Received,

    /// <summary>A connected socket's peer has no one on that port (ICMP port unreachable).</summary>
    Refused,
}
