using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Language;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>What passed between the script and the machine, as TCP_INFO counts it.</summary>
internal sealed class FlowCounts
{
    // Behind the last sequence number the machine has sent; null before its SYN.
    private uint? _sentUpTo;

    /// <summary>Segments with payload that the machine sent.</summary>
    public long DataSegmentsSent { get; private set; }

    /// <summary>Segments with payload that the script sent.</summary>
    public long DataSegmentsReceived { get; private set; }

    /// <summary>Bytes of payload that the machine sent again.</summary>
    public long BytesSentAgain { get; private set; }

    /// <summary>Segments with payload, SYN or FIN of which the machine sent something for the first time.</summary>
    public long SentFirst { get; private set; }

    /// <summary>Whether a segment of the script came with ECT or a mark.</summary>
    public bool HasSeenEct { get; private set; }

    /// <summary>When the machine sent payload last; at first, when the connection began.</summary>
    public Instant LastDataSent { get; private set; }

    /// <summary>When the script sent payload last; at first, when the connection began.</summary>
    public Instant LastDataReceived { get; private set; }

    /// <summary>When the script sent an acknowledgment last.</summary>
    public Instant LastAcknowledgment { get; private set; }

    /// <summary>The machine sent a segment.</summary>
    public void OnSent(EmittedSegment segment)
    {
        LastDataSent = segment.Length > 0 || segment.Has(SegmentFlags.Syn) ? segment.At : LastDataSent;
        DataSegmentsSent += segment.Length > 0 ? 1 : 0;
        int length = segment.Length + (segment.Has(SegmentFlags.Syn) ? 1 : 0) + (segment.Has(SegmentFlags.Fin) ? 1 : 0);
        if (length == 0 || segment.Has(SegmentFlags.Rst))
        {
            return;
        }

        uint end = unchecked(segment.Sequence + (uint)length);
        uint known = _sentUpTo ?? segment.Sequence;
        int old = unchecked((int)(known - segment.Sequence));
        BytesSentAgain += Math.Clamp(old, 0, segment.Length);
        if (unchecked((int)(end - known)) > 0)
        {
            SentFirst++;
            _sentUpTo = end;
        }
    }

    /// <summary>The script sent a packet.</summary>
    public void OnReceived(DrillPacket packet, Instant now)
    {
        LastDataReceived = packet.Length > 0 || packet.Has(SegmentFlags.Syn) ? now : LastDataReceived;
        LastAcknowledgment = packet.Has(SegmentFlags.Ack) ? now : LastAcknowledgment;
        DataSegmentsReceived += packet.Length > 0 ? 1 : 0;
        HasSeenEct |= packet.Ecn.Count > 0 && packet.Ecn[0] != EcnCodepoint.NotEct;
    }
}
