using NetLab.Tcp.Segments;
using NetLab.Udp.Counters;

namespace NetLab.Tcp.Counters;

/// <summary>What an endpoint did with datagrams that belong to no connection.</summary>
public sealed class DemultiplexerStatistics : ICounts<DemultiplexerStatistics>
{
    /// <summary>Datagrams that are no segments: cut, malformed, or not TCP at all. Never answered.</summary>
    public long Malformed { get; private set; }

    /// <summary>Datagrams whose checksum is wrong. Never answered.</summary>
    public long BadChecksums { get; private set; }

    /// <summary>Segments of no known connection that a RST was sent for.</summary>
    public long ResetsSent { get; internal set; }

    /// <summary>Segments of no known connection that were dropped in silence.</summary>
    public long Unmatched { get; internal set; }

    /// <summary>Answers to segments of no known connection that were not given, as too many had been.</summary>
    public long Suppressed { get; internal set; }

    /// <summary>SYNs answered by a cookie (RFC 4987).</summary>
    public long CookiesSent { get; internal set; }

    /// <summary>Connections made from a cookie that came back.</summary>
    public long CookiesAccepted { get; internal set; }

    /// <summary>
    /// SYNs that found the backlog full: answered by a cookie, or dropped if even an established connection would find no room; and cookies that
    /// came back when none had any.
    /// </summary>
    public long BacklogOverflows { get; internal set; }

    /// <inheritdoc/>
    public void Add(DemultiplexerStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Malformed += other.Malformed;
        BadChecksums += other.BadChecksums;
        ResetsSent += other.ResetsSent;
        Unmatched += other.Unmatched;
        Suppressed += other.Suppressed;
        CookiesSent += other.CookiesSent;
        CookiesAccepted += other.CookiesAccepted;
        BacklogOverflows += other.BacklogOverflows;
    }

    internal void Count(SegmentError error)
    {
        if (error == SegmentError.BadChecksum)
        {
            BadChecksums++;
        }
        else
        {
            Malformed++;
        }
    }
}
