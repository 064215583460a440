using System.Globalization;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Plots;
using NetLab.Tcp.Segments;

namespace NetLab.Host.Experiments.Pictures;

/// <summary>
/// The graph of sequence numbers over time, with the marks of tcptrace, and what tcptrace cannot know: which segments the link lost, and when.
/// </summary>
public static class SequenceGraph
{
    // Nobody tells more marks apart; what is beyond them is left out, and the title says so.
    private const int MaxMarks = 4_000;

    /// <summary>Draws the direction from client to server, as the client saw it.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="from">The first moment shown; null for the beginning.</param>
    /// <param name="to">The last moment shown; null for the end.</param>
    public static Chart Of(LabFlow flow, TimeSpan? from = null, TimeSpan? to = null) => Of(FlowTrace.Of(flow), from, to);

    /// <summary>Draws what one end sent, and what it heard of it.</summary>
    /// <param name="flow">What is known of it.</param>
    /// <param name="from">The first moment shown; null for the beginning.</param>
    /// <param name="to">The last moment shown; null for the end.</param>
    public static Chart Of(FlowTrace flow, TimeSpan? from = null, TimeSpan? to = null)
    {
        ArgumentNullException.ThrowIfNull(flow);
        bool Shown(TimeSpan at) => at >= (from ?? TimeSpan.Zero) && at <= (to ?? TimeSpan.MaxValue);
        SegmentRecord[] all = [.. flow.Sent.Where(s => s.End > s.Start && Shown(s.At.SinceOrigin))];
        SegmentRecord[] sent = [.. all.Take(MaxMarks)];
        SegmentRecord[] answers = [.. flow.Received.Where(s => s.Header.Has(SegmentFlags.Ack) && Shown(s.At.SinceOrigin)).Take(MaxMarks)];
        LostSegment[] lost = [.. flow.Lost.Where(l => Shown(l.SentAt.SinceOrigin)).Take(MaxMarks)];
        HashSet<(long Ticks, long Start)> gone = [.. lost.Select(l => (l.SentAt.Ticks, l.Start))];
        bool IsLost(SegmentRecord s) => gone.Contains((s.At.Ticks, s.Start));
        var layers = new List<Layer>
        {
            Segments("segment", 0, sent.Where(s => !s.IsRetransmission && !IsLost(s))),
            Segments("sent again (R)", 1, sent.Where(s => s.IsRetransmission && !IsLost(s))),
            new MarkLayer(MarkShape.Dot, [.. sent.Where(s => s.IsRetransmission).Select(s => new Point(s.At.TotalSeconds(), s.End))]) { Letter = "R", Style = 1, Descriptions = [.. sent.Where(s => s.IsRetransmission).Select(Describe)] },
            new RangeLayer([.. lost.Select(l => (l.SentAt.TotalSeconds(), (double)l.Start, (double)l.End))]) { IsHollow = true, Style = 7, Name = "lost", Descriptions = [.. lost.Select(l => l.Description)] },
            new MarkLayer(MarkShape.Cross, [.. lost.Select(l => new Point(l.LostAt.TotalSeconds(), (l.Start + l.End) / 2.0))]) { Name = flow.LostName, Style = 1, Descriptions = [.. lost.Select(l => l.Description)] },
            new LineLayer([.. answers.Select(a => new Point(a.At.TotalSeconds(), a.Acknowledged))]) { Name = "acknowledged", IsStep = true, Style = 2 },
            new MarkLayer(MarkShape.Tick, [.. Duplicates(answers)]) { Name = "duplicate ACK", Style = 2 },
            new LineLayer([.. answers.Select(a => new Point(a.At.TotalSeconds(), a.Acknowledged + a.Window))]) { Name = "window", IsStep = true, Style = 5 },
            new RangeLayer([.. answers.SelectMany(a => a.Sack.Select(b => (a.At.TotalSeconds(), (double)b.Start, (double)b.End)))]) { Name = "SACK", Style = 3 },
            Letters("S", "SYN", sent, s => s.Header.Has(SegmentFlags.Syn)),
            Letters("F", "FIN", sent, s => s.Header.Has(SegmentFlags.Fin)),
            new MarkLayer(MarkShape.Diamond, [.. sent.Where(s => s.Header.Has(SegmentFlags.Psh)).Select(s => new Point(s.At.TotalSeconds(), s.End))]) { Name = "PSH", Style = 6 },
            Letters("X", "RST", [.. flow.Sent.Where(s => Shown(s.At.SinceOrigin))], s => s.Header.Has(SegmentFlags.Rst)),
        };
        layers.RemoveAll(l => l is LineLayer { Points.Count: 0 } or MarkLayer { Points.Count: 0 } or RangeLayer { Ranges.Count: 0 });
        double top = sent.Length == 0 ? 1 : sent.Max(s => s.End);
        double bottom = sent.Length == 0 ? 0 : sent.Min(s => s.Start);
        string rest = all.Length > MaxMarks ? string.Create(CultureInfo.InvariantCulture, $" (the first {MaxMarks} of {all.Length} segments)") : "";
        var time = new Axis("time", "s") { Min = from?.TotalSeconds, Max = to?.TotalSeconds };
        var offset = new Axis("offset in the stream", "bytes") { Min = bottom > top / 2 ? bottom : 0, Max = top + ((top - bottom) * 0.15) };
        return new Chart($"{flow.Name}: sequence numbers{rest}", time, offset, layers) { Height = 380 };
    }

    private static RangeLayer Segments(string name, int style, IEnumerable<SegmentRecord> segments)
    {
        SegmentRecord[] drawn = [.. segments];
        return new RangeLayer([.. drawn.Select(s => (s.At.TotalSeconds(), (double)s.Start, (double)s.End))])
        {
            Name = name,
            Style = style,
            HasHeads = true,
            Descriptions = [.. drawn.Select(Describe)],
        };
    }

    private static MarkLayer Letters(string letter, string name, IReadOnlyList<SegmentRecord> sent, Func<SegmentRecord, bool> which)
    {
        SegmentRecord[] drawn = [.. sent.Where(which)];
        return new MarkLayer(MarkShape.Up, [.. drawn.Select(s => new Point(s.At.TotalSeconds(), s.End))]) { Letter = letter, Name = name, Style = 4, Descriptions = [.. drawn.Select(Describe)] };
    }

    private static IEnumerable<Point> Duplicates(SegmentRecord[] answers)
    {
        for (int i = 1; i < answers.Length; i++)
        {
            if (answers[i].Acknowledged == answers[i - 1].Acknowledged && answers[i].PayloadLength == 0)
            {
                yield return new Point(answers[i].At.TotalSeconds(), answers[i].Acknowledged);
            }
        }
    }

    private static string Describe(SegmentRecord s) =>
        string.Create(CultureInfo.InvariantCulture, $"{s.Kind} {s.Start}–{s.End} at {s.At.TotalSeconds():F6} s, {s.Purpose}");
}
