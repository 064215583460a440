using System.Buffers.Binary;
using System.Globalization;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>Whether a segment is the one that the script expects, but for how its bytes are cut into segments.</summary>
internal static class SegmentComparison
{
    /// <summary>What differs; null if nothing does. The length of the payload is the caller's.</summary>
    /// <param name="expected">What the script says.</param>
    /// <param name="sent">What the machine sent.</param>
    /// <param name="flags">Control bits that are looked at.</param>
    /// <param name="lenient">Whether the echo of any timestamp that was sent will do: it tells which segments were acknowledged together.</param>
    public static string? Difference(DrillPacket expected, EmittedSegment sent, SegmentFlags flags, bool lenient)
    {
        if ((expected.Flags & flags) != (sent.Flags & flags))
        {
            return $"flags {SegmentNotation.Flags(sent.Flags)} instead of {SegmentNotation.Flags(expected.Flags)}";
        }

        uint sequence = unchecked(sent.Sequence - sent.Flow.OwnOffset);
        if (expected.Sequence is { } wanted && wanted != sequence)
        {
            return Say($"sequence number {sequence} instead of {wanted}");
        }

        uint acknowledgment = unchecked(sent.Acknowledgment - sent.Flow.PeerOffset);
        if (expected.Acknowledgment is { } ack && sent.Has(SegmentFlags.Ack) && ack != acknowledgment)
        {
            return Say($"ack {acknowledgment} instead of {ack}");
        }

        if (expected.Window is { } window && (window == 0) != (sent.Window == 0) && !sent.Has(SegmentFlags.Rst))
        {
            return Say($"win {sent.Window} instead of {window}: a window that is {(sent.Window == 0 ? "closed" : "open")}");
        }

        if (expected.Ecn.Count > 0 && !expected.Ecn.Contains(sent.Ecn))
        {
            return $"the IP header says {sent.Ecn} instead of {string.Join(" or ", expected.Ecn)}";
        }

        return expected.Options is { } options ? OptionsDifference(options, sent, lenient) : null;
    }

    // Order and padding carry no meaning (RFC 9293, 3.1); what there is, and what it says, does.
    private static string? OptionsDifference(IReadOnlyList<DrillOption> expected, EmittedSegment sent, bool lenient)
    {
        foreach (DrillOption option in expected)
        {
            if (option.IsPadding || (ToldCounters.IsToldBy(option) && IsTold(option, sent)) || (option.Kind == DrillOption.MaxSegmentSize && KeepsSegmentSize(sent)))
            {
                continue;
            }

            DrillOption? found = sent.Find(option.Kind);
            if (found is null)
            {
                return $"no option {SegmentNotation.Option(option, 0)}";
            }

            if (!AreSame(option, found, sent.Flow, lenient))
            {
                return $"option {SegmentNotation.Option(found, sent.Flow.PeerOffset)} instead of {SegmentNotation.Option(option, 0)}";
            }
        }

        DrillOption? unexpected = sent.Options.FirstOrDefault(o => !o.IsPadding && expected.All(e => e.Kind != o.Kind && !(ToldCounters.IsToldBy(e) && ToldCounters.IsToldBy(o))));
        return unexpected is null ? null : $"option {SegmentNotation.Option(unexpected, sent.Flow.PeerOffset)}, which is not expected";
    }

    // RFC 9768, 3.2.3: in which order counters come, and whether those that have not changed come again, is the sender's choice; but the
    // handshake tests whether the option comes through at all.
    private static bool IsTold(DrillOption expected, EmittedSegment sent) =>
        sent.Told.Has(expected) && (!sent.Has(SegmentFlags.Syn) || sent.Options.Any(ToldCounters.IsToldBy));

    // RFC 9293, 3.7.1 (SHLD-5) would have the MSS told always; the machine answers no SYN with more bytes than it has.
    private static bool KeepsSegmentSize(EmittedSegment sent) =>
        sent.Has(SegmentFlags.Syn | SegmentFlags.Ack) && sent.Find(DrillOption.MaxSegmentSize) is null && sent.Flow.PeerSyn is { Count: 0 };

    private static bool AreSame(DrillOption expected, DrillOption found, DrillFlow flow, bool lenient)
    {
        if (expected.Value.Length != found.Value.Length)
        {
            return false;
        }

        switch (expected.Kind)
        {
            case DrillOption.Timestamps:
                // The value is the machine's own clock; the echo is the script's.
                return expected.IsAnyEcho || expected.Value.AsSpan(4).SequenceEqual(found.Value.AsSpan(4))
                    || (lenient && flow.HasSent(BinaryPrimitives.ReadUInt32BigEndian(found.Value.AsSpan(4))));
            case DrillOption.Sack:
                for (int i = 0; i < expected.Value.Length; i += 4)
                {
                    uint wanted = BinaryPrimitives.ReadUInt32BigEndian(expected.Value.AsSpan(i));
                    if (unchecked(wanted + flow.PeerOffset) != BinaryPrimitives.ReadUInt32BigEndian(found.Value.AsSpan(i)))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return expected.Value.AsSpan().SequenceEqual(found.Value);
        }
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
