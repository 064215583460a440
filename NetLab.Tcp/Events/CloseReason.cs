namespace NetLab.Tcp.Events;

/// <summary>Why a connection ended.</summary>
public enum CloseReason
{
    /// <summary>Both sides said they were done, and both know it.</summary>
    Finished,

    /// <summary>The peer reset the connection.</summary>
    Reset,

    /// <summary>The peer refused it: a RST to our SYN, or nobody on that port.</summary>
    Refused,

    /// <summary>The peer did not answer for too long.</summary>
    TimedOut,

    /// <summary>This side aborted it.</summary>
    Aborted,

    /// <summary>This side closed it before it was established.</summary>
    Cancelled,
}
