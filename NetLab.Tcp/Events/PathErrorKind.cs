namespace NetLab.Tcp.Events;

/// <summary>What the network has reported on a segment that was sent.</summary>
internal enum PathErrorKind
{
    /// <summary>It was too large for the path: nothing so large will arrive.</summary>
    TooLarge,

    /// <summary>It reached nobody, and that will stay so: nobody listens there, or somebody forbids it (RFC 1122, 4.2.3.9: hard).</summary>
    Refused,

    /// <summary>It reached nobody, which may pass (soft).</summary>
    Unreachable,
}
