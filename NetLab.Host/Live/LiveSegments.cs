using NetLab.Tcp.Segments;
using NetLab.Udp.Links;
using NetLab.Udp.Time;

namespace NetLab.Host.Live;

/// <summary>
/// All segments of a transfer as their ends sent them, each with what the link did to it. A link counts what enters it, which is what was sent in that
/// direction: so the two find each other, whichever is heard of first. Used by one thread at a time.
/// </summary>
internal sealed class LiveSegments
{
    // What a person can look at, and a browser can draw.
    private const int MaxSegments = 20_000;

    private readonly List<LiveSegment> _all = [];
    private readonly Dictionary<(bool FromClient, string Kind), int> _counts = [];
    private readonly SequenceNumber?[] _initial = new SequenceNumber?[2];
    private readonly long[] _highest = new long[2];
    private readonly List<LiveSegment>[] _sent = [[], []];
    private readonly Dictionary<long, LinkOutcome>[] _early = [[], []];

    /// <summary>They, in the order in which they were sent.</summary>
    public IReadOnlyList<LiveSegment> All => _all;

    /// <summary>Whether there are more than are kept.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Takes a segment that was sent.</summary>
    /// <param name="at">When.</param>
    /// <param name="fromClient">Whether by the client.</param>
    /// <param name="datagram">The UDP payload that carried it; something else than a segment counts as a datagram.</param>
    /// <returns>It; null if no more are kept.</returns>
    public LiveSegment? Take(Instant at, bool fromClient, ReadOnlySpan<byte> datagram)
    {
        if (_all.Count >= MaxSegments)
        {
            IsCut = true;
            return null;
        }

        int side = fromClient ? 0 : 1;
        LiveSegment sent = (SegmentReader.TryRead(datagram, out Segment segment, out SegmentError _) ? Read(segment, fromClient, datagram) : Count(fromClient, datagram)) with { SentAt = at };
        _highest[side] = Math.Max(_highest[side], sent.Start + (sent.Kind == LiveSegment.Datagram ? 0 : segment.SequenceLength));
        _all.Add(sent);
        _sent[side].Add(sent);
        if (_early[side].Remove(_sent[side].Count, out LinkOutcome outcome))
        {
            sent.Outcome = outcome;
        }

        return sent;
    }

    /// <summary>Takes what the link did to a datagram.</summary>
    /// <param name="fromClient">Whether it was on its way from the client.</param>
    /// <param name="outcome">What it did.</param>
    /// <returns>The segment; null if it is not known yet, or not kept.</returns>
    public LiveSegment? Decide(bool fromClient, in LinkOutcome outcome)
    {
        int side = fromClient ? 0 : 1;
        if (outcome.Ordinal > _sent[side].Count)
        {
            if (!IsCut && _early[side].Count < MaxSegments)
            {
                _early[side][outcome.Ordinal] = outcome;
            }

            return null;
        }

        LiveSegment sent = _sent[side][(int)outcome.Ordinal - 1];
        sent.Outcome = outcome;
        return sent;
    }

    private LiveSegment Read(in Segment segment, bool fromClient, ReadOnlySpan<byte> datagram)
    {
        int side = fromClient ? 0 : 1;
        if (segment.Header.Has(SegmentFlags.Syn))
        {
            _initial[side] = segment.Header.Sequence;
        }

        long start = _initial[side] is { } first ? unchecked(segment.Header.Sequence.Value - first.Value) : 0;
        long acknowledged = segment.Header.Has(SegmentFlags.Ack) && _initial[1 - side] is { } other ? unchecked(segment.Header.Acknowledgment.Value - other.Value) : 0;
        string kind = SegmentKind.NameOf(segment);
        int ordinal = 0;

        // Counted as the link counts: a FIN that carries data is also DATA.
        foreach (string name in SegmentKind.Names)
        {
            if (SegmentKind.Matches(name, datagram))
            {
                int count = _counts[(fromClient, name)] = _counts.GetValueOrDefault((fromClient, name)) + 1;
                ordinal = name == kind ? count : ordinal;
            }
        }

        return new LiveSegment(fromClient, kind, ordinal, _sent[side].Count + 1, segment.Header, segment.Payload.Length, start, acknowledged, segment.SequenceLength > 0 && start < _highest[side]);
    }

    private LiveSegment Count(bool fromClient, ReadOnlySpan<byte> datagram)
    {
        int number = _sent[fromClient ? 0 : 1].Count + 1;
        return new LiveSegment(fromClient, LiveSegment.Datagram, number, number, default, datagram.Length, 0, 0, IsRetransmission: false);
    }
}
