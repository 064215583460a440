using System.Globalization;
using NetLab.Tcp.Segments;
using NetLab.Udp.Time;

namespace NetLab.Host.Rendering;

/// <summary>
/// The ladder of a conversation: what each end sent, when, and when it arrived at the other, if it did. Made of what both
/// ends saw, so a lost segment is a fact and not a guess.
/// </summary>
internal sealed class Ladder
{
    /// <summary>Characters of a line beside an arrow's shaft: two moments, the ends and the blanks between.</summary>
    public const int BesideArrow = (2 * TimeWidth) + LadderDrawing.Ends + 4;

    private const int TimeWidth = 12;

    private readonly List<Rung> _rungs = [];
    private readonly Instant _start;
    private readonly uint _clientInitial;
    private readonly uint _serverInitial;
    private readonly LadderDrawing _drawing;

    /// <param name="events">Everything both ends saw, in any order.</param>
    /// <param name="arrowWidth">Characters between the ends.</param>
    public Ladder(IEnumerable<LadderEvent> events, int arrowWidth = 58)
    {
        _drawing = new LadderDrawing(arrowWidth);
        List<LadderEvent> ordered = [.. events.OrderBy(e => e.At.Ticks)];
        _start = ordered.Count > 0 ? ordered[0].At : Instant.Zero;
        Match(ordered);
        _clientInitial = InitialOf(true);
        _serverInitial = InitialOf(false);
    }

    /// <summary>All segments, in the order in which they were sent.</summary>
    public IReadOnlyList<Rung> Rungs => _rungs;

    /// <summary>The segments of the handshake: the SYN to the ACK that completes it.</summary>
    public IReadOnlyList<Rung> Handshake()
    {
        int last = _rungs.FindIndex(r => r.FromClient && !r.Header.Has(SegmentFlags.Syn) && r.Header.Has(SegmentFlags.Ack));
        return last < 0 ? _rungs : _rungs[..(last + 1)];
    }

    /// <summary>The first segment that was sent twice, what told the sender, and the answer; empty if none was.</summary>
    public IReadOnlyList<Rung?> FirstRetransmission()
    {
        for (int i = 0; i < _rungs.Count; i++)
        {
            Rung again = _rungs[i];
            int first = again.PayloadLength == 0 ? -1 : _rungs.FindIndex(0, i, r => r.IsSameData(again));
            if (first < 0)
            {
                continue;
            }

            // Between the two: up to three acknowledgments that arrived and reported the hole.
            IEnumerable<Rung?> told = _rungs[(first + 1)..i]
                .Where(r => r.FromClient != again.FromClient && r.ArrivedAt <= again.SentAt && r.ArrivedAt > _rungs[first].SentAt && r.Header.Options.Sack.Count > 0)
                .Take(3);
            List<Rung?> story = [_rungs[first], null, .. told, null, again];
            Rung arrived = again;
            while (arrived.ArrivedAt is null && _rungs.Find(r => r.SentAt > arrived.SentAt && r.IsSameData(again)) is { } later)
            {
                // The repair was lost as well: the story goes on until one arrives.
                story.AddRange([null, arrived = later]);
            }

            Rung? answer = _rungs.Skip(i + 1).FirstOrDefault(r => r.FromClient != again.FromClient && r.SentAt >= arrived.ArrivedAt);
            if (answer is not null)
            {
                story.Add(answer);
            }

            return story;
        }

        return [];
    }

    /// <summary>Draws rungs; null stands for what is left out.</summary>
    public IEnumerable<string> Draw(IEnumerable<Rung?> rungs)
    {
        yield return _drawing.Header($"{"sent",TimeWidth}", "client", "server", "arrived");
        foreach (Rung? rung in rungs)
        {
            if (rung is null)
            {
                yield return $"{"",TimeWidth}  {"⋮",5}";
                continue;
            }

            string arrived = rung.ArrivedAt is { } at ? Milliseconds(at) : "";
            foreach (string line in _drawing.Draw(new LadderRow($"{Milliseconds(rung.SentAt),TimeWidth}", Label(rung), rung.FromClient, arrived, rung.ArrivedAt is null)))
            {
                yield return line;
            }
        }
    }

    /// <summary>What a rung says: its kind and its numbers, counted from where each end began.</summary>
    public string Label(Rung rung)
    {
        (uint own, uint other) = rung.FromClient ? (_clientInitial, _serverInitial) : (_serverInitial, _clientInitial);
        SegmentHeader header = rung.Header;
        string text = string.Create(CultureInfo.InvariantCulture, $"{rung.Kind} seq={unchecked(header.Sequence.Value - own)}");
        if (header.Has(SegmentFlags.Ack))
        {
            text += string.Create(CultureInfo.InvariantCulture, $" ack={unchecked(header.Acknowledgment.Value - other)}");
        }

        if (rung.PayloadLength > 0)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" len={rung.PayloadLength}");
        }

        if (header.Options.Sack.Count > 0)
        {
            SackBlock block = header.Options.Sack[0];
            text += string.Create(CultureInfo.InvariantCulture, $" sack={unchecked(block.Start.Value - other)}-{unchecked(block.End.Value - other)}");
        }

        return text;
    }

    private string Milliseconds(Instant at) => string.Create(CultureInfo.InvariantCulture, $"{(at - _start).TotalMilliseconds:F3} ms");

    private uint InitialOf(bool client) =>
        _rungs.FirstOrDefault(r => r.FromClient == client && r.Header.Has(SegmentFlags.Syn))?.Header.Sequence.Value ?? 0;

    private void Match(List<LadderEvent> ordered)
    {
        // A segment arrives as the bytes it was sent as; a damaged one is lost. Copies are matched in order, and a
        // duplicate made by the link finds no rung left.
        var waiting = new Dictionary<string, Queue<Rung>>();
        foreach (LadderEvent seen in ordered)
        {
            if (!SegmentReader.TryRead(seen.Segment, out Segment segment, out _))
            {
                continue;
            }

            bool fromClient = seen.AtClient == seen.Sent;
            string key = $"{fromClient}{Convert.ToHexString(seen.Segment.AsSpan(0, Math.Min(seen.Segment.Length, SegmentHeader.MaxSize)))}";
            if (seen.Sent)
            {
                var rung = new Rung(seen.At, fromClient, segment.Header, segment.Payload.Length, SegmentKind.NameOf(segment));
                _rungs.Add(rung);
                if (!waiting.TryGetValue(key, out Queue<Rung>? queue))
                {
                    waiting[key] = queue = new Queue<Rung>();
                }

                queue.Enqueue(rung);
            }
            else if (waiting.TryGetValue(key, out Queue<Rung>? queue) && queue.TryDequeue(out Rung? rung))
            {
                rung.ArrivedAt = seen.At;
            }
        }
    }

    /// <summary>One segment of the conversation.</summary>
    /// <param name="SentAt">When it left its sender.</param>
    /// <param name="FromClient">Whether the client sent it.</param>
    /// <param name="Header">Its header.</param>
    /// <param name="PayloadLength">Its bytes of payload.</param>
    /// <param name="Kind">What it is called.</param>
    internal sealed record Rung(Instant SentAt, bool FromClient, SegmentHeader Header, int PayloadLength, string Kind)
    {
        /// <summary>When it reached the other end; null if it never did.</summary>
        public Instant? ArrivedAt { get; set; }

        /// <summary>Whether it carries the same bytes of the same stream.</summary>
        public bool IsSameData(Rung other) =>
            FromClient == other.FromClient && Header.Sequence == other.Header.Sequence && PayloadLength == other.PayloadLength && PayloadLength > 0;
    }
}
