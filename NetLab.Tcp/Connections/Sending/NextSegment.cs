using NetLab.Tcp.Connections.Recovery;
using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Sending;

/// <summary>What the next segment will carry: chosen, and not yet sent.</summary>
/// <param name="Start">Stream offset of its first sequence number.</param>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Index">Position among the sent segments when it is one of them again; -1 for something new.</param>
internal readonly record struct NextSegment(long Start, int Length, int Index)
{
    /// <summary>Whether it carries our SYN.</summary>
    public bool IsSyn { get; init; }

    /// <summary>Whether it carries our FIN.</summary>
    public bool IsFin { get; init; }

    /// <summary>Whether it is the last of what is written: the peer should hand it on.</summary>
    public bool IsPush { get; init; }

    /// <summary>Whether it asks a peer without a window whether it has one now.</summary>
    public bool IsWindowProbe { get; init; }

    /// <summary>Whether it is a tail loss probe.</summary>
    public bool IsTailProbe { get; init; }

    /// <summary>Whether it is larger than what is known to arrive.</summary>
    public bool IsMtuProbe { get; init; }

    /// <summary>Whether it carries new data and nothing else.</summary>
    public bool IsNewData => Index < 0 && !IsSyn && !IsFin && !IsWindowProbe && !IsTailProbe && !IsMtuProbe;

    /// <summary>What it is sent for, as observers are told.</summary>
    public SegmentPurpose Purpose => IsWindowProbe ? SegmentPurpose.WindowProbe
        : IsMtuProbe ? SegmentPurpose.MtuProbe
        : IsTailProbe ? SegmentPurpose.TailLossProbe
        : Index >= 0 ? SegmentPurpose.Retransmission
        : SegmentPurpose.New;

    /// <summary>Stream offset behind its last sequence number.</summary>
    public long End => Start + Length + (IsSyn ? 1 : 0) + (IsFin ? 1 : 0);

    /// <summary>What is known of it once it has been sent for the first time.</summary>
    /// <param name="now">When it is sent.</param>
    /// <param name="inFlight">Whether it counts as in the network; what does not waits to be sent again.</param>
    public SentSegment Sent(Instant now, bool inFlight) => new()
    {
        Start = Start,
        End = End,
        SentAt = now,
        Transmissions = 1,
        IsSyn = IsSyn,
        IsFin = IsFin,
        IsMtuProbe = IsMtuProbe,
        IsWindowProbe = IsWindowProbe,
        InFlight = inFlight,
        IsLost = !inFlight,
    };
}
