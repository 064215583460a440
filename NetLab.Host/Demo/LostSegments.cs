using NetLab.Host.Rendering;
using NetLab.Tcp.Segments;
using NetLab.Udp.Links;

namespace NetLab.Host.Demo;

/// <summary>Which segments a link dropped, by their places among all that each end sent: a relay on loopback passes them in that order. Safe for use by several threads.</summary>
internal sealed class LostSegments
{
    private readonly Lock _lock = new();
    private readonly List<(bool FromClient, long Ordinal)> _dropped = [];

    /// <summary>Takes note of what befell a datagram.</summary>
    public void Note(bool fromClient, LinkOutcome outcome)
    {
        if (outcome.IsDropped)
        {
            lock (_lock)
            {
                _dropped.Add((fromClient, outcome.Ordinal));
            }
        }
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _dropped.Count;
            }
        }
    }

    /// <summary>How many of them carried nothing but an acknowledgment.</summary>
    /// <param name="seen">All segments that both ends saw, in the order in which each saw them.</param>
    public int Acknowledgments(IReadOnlyList<LadderEvent> seen)
    {
        byte[][] fromClient = [.. seen.Where(e => e.Sent && e.AtClient).Select(e => e.Segment)];
        byte[][] fromServer = [.. seen.Where(e => e.Sent && !e.AtClient).Select(e => e.Segment)];
        lock (_lock)
        {
            return _dropped.Count(d => IsAcknowledgment(d.FromClient ? fromClient : fromServer, d.Ordinal));
        }
    }

    private static bool IsAcknowledgment(byte[][] sent, long ordinal) =>
        ordinal <= sent.Length && SegmentReader.TryRead(sent[ordinal - 1], out Segment segment, out _) && SegmentKind.NameOf(segment) == "ACK";
}
