using NetLab.Osi.Transport;

namespace NetLab.Osi.Session;

/// <summary>A segment, as far as its place in the conversation goes.</summary>
/// <param name="header">Its header.</param>
/// <param name="length">Bytes of payload on the wire.</param>
/// <param name="time">When, in nanoseconds.</param>
/// <param name="packet">The packet's ordinal in its file.</param>
internal readonly struct AnalyzedSegment(in TcpHeader header, int length, long time, long packet)
{
    private readonly int _flags = header.Flags;

    public uint Sequence { get; } = header.Sequence;

    public uint Acknowledgment { get; } = header.Acknowledgment;

    /// <summary>The window as sent, not scaled.</summary>
    public uint Window { get; } = (uint)header.Window;

    public int Length { get; } = length;

    public long Time { get; } = time;

    public long Packet { get; } = packet;

    public bool IsSyn => (_flags & TcpHeader.Syn) != 0;

    public bool IsReset => (_flags & TcpHeader.Rst) != 0;

    public bool HasAck => (_flags & TcpHeader.Ack) != 0;

    /// <summary>Whether it neither begins nor ends anything.</summary>
    public bool IsPlain => (_flags & (TcpHeader.Syn | TcpHeader.Fin | TcpHeader.Rst)) == 0;

    /// <summary>Whether it takes sequence numbers.</summary>
    public bool Fills => Length > 0 || (_flags & (TcpHeader.Syn | TcpHeader.Fin)) != 0;

    /// <summary>The number after its last: SYN and FIN take one.</summary>
    public uint End => unchecked(Sequence + (uint)Length + ((_flags & (TcpHeader.Syn | TcpHeader.Fin)) != 0 ? 1u : 0));
}
