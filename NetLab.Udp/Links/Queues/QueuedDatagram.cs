using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Queues;

/// <summary>A datagram that waits for the line. Its bytes are elsewhere: a queue decides by size, age and flow.</summary>
/// <param name="Ordinal">Its number on the link, from 1.</param>
/// <param name="Bytes">Its size with IP and UDP headers.</param>
/// <param name="EnteredAt">When it reached the link.</param>
/// <param name="Ecn">Its ECN field.</param>
/// <param name="Flow">A hash of who sends it to whom.</param>
/// <param name="Draw">A uniform number in [0, 1) of its own, for queues that drop at random.</param>
/// <param name="Slot">Where whoever owns the link keeps the rest of it.</param>
internal readonly record struct QueuedDatagram(
    long Ordinal, int Bytes, Instant EnteredAt, EcnCodepoint Ecn, uint Flow, double Draw, int Slot)
{
    /// <summary>Whether the queue marked it instead of dropping it.</summary>
    public bool IsMarked { get; init; }

    /// <summary>Whether a script has it come twice.</summary>
    public bool IsCopied { get; init; }

    /// <summary>Whether a script flips a bit of it.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>For how long a script holds it back.</summary>
    public TimeSpan HoldBack { get; init; }

    /// <summary>What waited when it came, the rest of what was being sent included, in bytes.</summary>
    public long FoundBytes { get; init; }

    /// <summary>What waited when it came, in datagrams, what was being sent not included.</summary>
    public int FoundDatagrams { get; init; }

    /// <summary>Whether its sender understands marks (RFC 3168, 5).</summary>
    public bool IsEcnCapable => Ecn != EcnCodepoint.NotEct;

    /// <summary>The same, marked.</summary>
    public QueuedDatagram Marked() => this with { Ecn = EcnCodepoint.Ce, IsMarked = true };
}
