using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Wire;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation.Drill.Recording;

/// <summary>Reads recorded headers, and decides which end is the machine.</summary>
internal static class ConversationReader
{
    private const int MinHeader = 20;

    /// <summary>The steps of a conversation.</summary>
    /// <exception cref="ArgumentException">It does not begin with a SYN, or a header is not whole.</exception>
    public static IReadOnlyList<ConversationStep> Read(IReadOnlyList<RecordedSegment> segments)
    {
        int syn = FindSyn(segments);
        if (syn < 0)
        {
            throw new ArgumentException("The recording does not show the connection's SYN: a script has to begin with it.");
        }

        bool clientIsMachine = IsNearClient(segments, syn);

        // One flow an end: numbers of what an end sends are its own, what it acknowledges the other's.
        uint clientInitial = SequenceOf(segments[syn]);
        uint? serverInitial = segments.FirstOrDefault(s => !s.FromClient && FlagsOf(s).HasFlag(SegmentFlags.Syn)) is { } answer ? SequenceOf(answer) : null;
        DrillFlow fromClient = new(default, 0, serverInitial ?? 0) { OwnOffset = clientInitial };
        DrillFlow fromServer = new(default, 0, clientInitial) { OwnOffset = serverInitial ?? 0 };
        TimeSpan start = segments[syn].At;
        List<ConversationStep> steps = [];
        foreach (RecordedSegment segment in segments.Skip(syn))
        {
            int headerLength = Check(segment);
            EmittedSegment read = SegmentBytes.Read(segment.Header.Span[..headerLength], Instant.FromOrigin(segment.At - start), segment.FromClient ? fromClient : fromServer, segment.Ecn);
            steps.Add(new ConversationStep(segment.FromClient == clientIsMachine, read with { Length = segment.PayloadLength }));
        }

        return steps;
    }

    private static int FindSyn(IReadOnlyList<RecordedSegment> segments)
    {
        for (int i = 0; i < segments.Count; i++)
        {
            Check(segments[i]);
            if (segments[i].FromClient && (FlagsOf(segments[i]) & (SegmentFlags.Syn | SegmentFlags.Ack | SegmentFlags.Rst)) == SegmentFlags.Syn)
            {
                return i;
            }
        }

        return -1;
    }

    // What was recorded at an end shows that end's answers at once, and the other's a round trip later.
    private static bool IsNearClient(IReadOnlyList<RecordedSegment> segments, int syn)
    {
        RecordedSegment? answer = segments.Skip(syn).FirstOrDefault(s => !s.FromClient && FlagsOf(s).HasFlag(SegmentFlags.Syn));
        RecordedSegment? last = answer is null ? null : segments.FirstOrDefault(s => s.FromClient && s.At >= answer.At && FlagsOf(s).HasFlag(SegmentFlags.Ack));
        RecordedSegment request = segments.LastOrDefault(s => s.FromClient && FlagsOf(s).HasFlag(SegmentFlags.Syn) && (answer is null || s.At <= answer.At)) ?? segments[syn];
        return answer is null || last is null || last.At - answer.At <= answer.At - request.At;
    }

    private static int Check(RecordedSegment segment)
    {
        int length = segment.Header.Length >= MinHeader ? (segment.Header.Span[12] >> 4) * 4 : 0;
        if (length < MinHeader || length > segment.Header.Length || segment.PayloadLength < 0 || !OptionsAreWhole(segment.Header.Span[MinHeader..length]))
        {
            throw new ArgumentException("A TCP header of the recording is not whole.");
        }

        return length;
    }

    private static bool OptionsAreWhole(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty)
        {
            int size = options[0] <= 1 ? 1 : options.Length > 1 ? options[1] : 0;
            if (size == 0 || size > options.Length || (options[0] > 1 && size < 2))
            {
                return false;
            }

            options = options[size..];
        }

        return true;
    }

    private static SegmentFlags FlagsOf(RecordedSegment segment) => (SegmentFlags)(segment.Header.Span[13] | ((segment.Header.Span[12] & 1) << 8));

    private static uint SequenceOf(RecordedSegment segment) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(segment.Header.Span[4..]);
}
