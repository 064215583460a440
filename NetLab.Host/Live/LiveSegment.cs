using NetLab.Tcp.Segments;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Live;

/// <summary>A segment of a live transfer, or a datagram of one over UDP, and what the link did to it.</summary>
/// <param name="FromClient">Whether the client sent it.</param>
/// <param name="Kind">What it is called: SYN, SYN_ACK, ACK, DATA, FIN, RST, or <see cref="Datagram"/>.</param>
/// <param name="Ordinal">Which of the datagrams of its direction that are named so: what stands behind the # of a fault.</param>
/// <param name="Number">Which of all datagrams of its direction, as the link counts them.</param>
/// <param name="Header">Its header.</param>
/// <param name="PayloadLength">Bytes of payload.</param>
/// <param name="Start">Offset of its first sequence number in its direction's stream; the SYN is at 0.</param>
/// <param name="Acknowledged">What it acknowledges, as such an offset of the other direction.</param>
/// <param name="IsRetransmission">Whether any of it was sent before.</param>
internal sealed record LiveSegment(bool FromClient, string Kind, int Ordinal, int Number, SegmentHeader Header, int PayloadLength, long Start, long Acknowledged, bool IsRetransmission)
{
    /// <summary>The kind of what is no segment of TCP; in a link string every datagram is ANY.</summary>
    public const string Datagram = "ANY";

    /// <summary>When it was sent.</summary>
    public Instant SentAt { get; init; }

    /// <summary>What befell it; null while it waits before the line.</summary>
    public LinkOutcome? Outcome { get; set; }

    /// <summary>When it came to the other end for the first time; null if it has not.</summary>
    public Instant? ArrivedAt => Outcome is { IsDropped: false } outcome ? outcome.DeliverAt : null;
}
