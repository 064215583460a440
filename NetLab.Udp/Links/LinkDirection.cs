using System.Collections.Immutable;

namespace NetLab.Udp.Links;

/// <summary>What one direction of a link does to the datagrams that cross it. The default passes all of them at once.</summary>
public sealed record LinkDirection
{
    /// <summary>The largest delay or jitter a link may have. A day covers every experiment; more would overflow the clock.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    /// <summary>Time every datagram takes, one way.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Random time added to the delay, uniform from 0 to this. Order is kept unless <see cref="JitterReorders"/>.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Whether jitter may let a datagram overtake one before it.</summary>
    public bool JitterReorders { get; init; }

    /// <summary>Share of datagrams lost at random, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>
    /// Mean length of a run of lost datagrams, at least 1. Above 1 the losses come in bursts
    /// (a Gilbert–Elliott chain whose bad state loses everything) and their share is still <see cref="Loss"/>.
    /// </summary>
    public double Burst { get; init; } = 1;

    /// <summary>Share of datagrams delivered twice, 0 to 1.</summary>
    public double Duplicate { get; init; }

    /// <summary>Share of datagrams held back so that later ones overtake them, 0 to 1.</summary>
    public double Reorder { get; init; }

    /// <summary>Share of datagrams with one random bit flipped, 0 to 1.</summary>
    public double Corrupt { get; init; }

    /// <summary>Bits a second the link carries, IP and UDP headers counted; 0 for no limit.</summary>
    public long Rate { get; init; }

    /// <summary>Bytes that may wait for the rate before the tail is dropped. Only used with a rate.</summary>
    public long Queue { get; init; } = 256 << 10;

    /// <summary>
    /// Bytes of the largest datagram that passes, IP and UDP headers counted; larger ones are dropped without a word, as behind a
    /// firewall that lets no ICMP through. 0 for no limit.
    /// </summary>
    public int Mtu { get; init; }

    /// <summary>
    /// Bytes waiting for the rate from which on datagrams of ECN-capable senders are marked (RFC 3168; as RED with one
    /// threshold); 0 for never. Only used with a rate.
    /// </summary>
    public long Mark { get; init; }

    /// <summary>Whether the link clears the ECN field, as some routers do.</summary>
    public bool Bleaches { get; init; }

    /// <summary>Datagrams to drop by name and count, each once.</summary>
    public ImmutableArray<ScriptedDrop> Drops { get; init; } = [];

    /// <summary>How long a reordered datagram is held back: half the delay, and at least a millisecond.</summary>
    public TimeSpan HoldBack => TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, Delay.Ticks / 2));
}
