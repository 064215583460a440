using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>What a link did to one datagram, and what it was: a line of the link's log.</summary>
/// <param name="Outcome">When it came, what befell it, when it leaves.</param>
/// <param name="From">Whose it is: the flow or probe that sent it.</param>
/// <param name="What">What it is, such as DATA; empty for a datagram that is no segment.</param>
/// <param name="Start">Offset in its stream of its first byte; 0 for a datagram that is no segment.</param>
/// <param name="End">Offset behind its last byte.</param>
public sealed record LinkEvent(LinkOutcome Outcome, string From, string What, long Start, long End)
{
    /// <summary>When it reached the link.</summary>
    public Instant At => Outcome.EnteredAt;

    /// <summary>Bytes of UDP payload.</summary>
    public int Length => Outcome.Length;

    /// <summary>Whether it never leaves the link.</summary>
    public bool IsDropped => Outcome.IsDropped;
}
