using NetLab.Udp.Time;

namespace NetLab.Udp.Links.Lines;

/// <summary>What carries datagrams one after the other: when one may begin, and when its last bit has left.</summary>
internal abstract class LinkLine
{
    /// <summary>When the datagram that was begun last has left.</summary>
    public Instant FreeAt { get; protected set; }

    /// <summary>When the line begins with a datagram that waits from a moment on; <see cref="Instant.Never"/> if it never does.</summary>
    public abstract Instant NextStart(Instant waitingSince);

    /// <summary>Sends a datagram.</summary>
    /// <param name="start">What <see cref="NextStart"/> said.</param>
    /// <param name="bytes">Its size with headers.</param>
    /// <returns>When it has left.</returns>
    public abstract Instant Send(Instant start, int bytes);

    /// <summary>Bytes of the datagram being sent that have not left.</summary>
    public abstract double Remaining(Instant now);
}
