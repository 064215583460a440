using NetLab.Tcp.Counters;
using NetLab.Tcp.Segments;

namespace NetLab.Tcp.Connections.Output;

/// <summary>RSTs that wait to be sent: that of the connection's end, or those that answer segments of another life of these ports.</summary>
/// <param name="localPort">Our TCP port.</param>
/// <param name="remotePort">The peer's TCP port.</param>
/// <param name="statistics">Counts them.</param>
internal sealed class PendingResets(ushort localPort, ushort remotePort, ConnectionStatistics statistics)
{
    /// <summary>How many wait at most: a handful is all one event can want, and a flood of bad segments gets no flood of answers.</summary>
    public const int MaxCount = 4;

    private readonly Queue<SegmentHeader> _headers = new();

    /// <summary>Whether none waits.</summary>
    public bool IsEmpty => _headers.Count == 0;

    /// <summary>A RST is to be sent; one too many is dropped.</summary>
    /// <param name="flags">RST, and perhaps ACK.</param>
    /// <param name="sequence">SEG.SEQ.</param>
    /// <param name="acknowledgment">SEG.ACK, if it has one.</param>
    public void Add(SegmentFlags flags, SequenceNumber sequence, SequenceNumber acknowledgment)
    {
        if (_headers.Count >= MaxCount)
        {
            return;
        }

        statistics.ResetsSent++;
        _headers.Enqueue(new SegmentHeader
        {
            SourcePort = localPort,
            DestinationPort = remotePort,
            Sequence = sequence,
            Acknowledgment = (flags & SegmentFlags.Ack) != 0 ? acknowledgment : default,
            Flags = flags,
        });
    }

    /// <summary>The next one to be sent.</summary>
    public bool TryTake(out SegmentHeader header) => _headers.TryDequeue(out header);
}
