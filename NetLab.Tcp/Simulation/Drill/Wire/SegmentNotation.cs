using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation.Drill.Language;

namespace NetLab.Tcp.Simulation.Drill.Wire;

/// <summary>A segment as a script would write it.</summary>
internal static class SegmentNotation
{
    /// <summary>Flags, numbers, window and options of what the machine sent, in the script's numbers.</summary>
    public static string Of(EmittedSegment segment)
    {
        var text = new StringBuilder();
        uint sequence = unchecked(segment.Sequence - segment.Flow.OwnOffset);
        text.Append(Flags(segment.Flags));
        text.Append(CultureInfo.InvariantCulture, $" {sequence}:{unchecked(sequence + (uint)segment.Length)}({segment.Length})");
        if (segment.Has(SegmentFlags.Ack))
        {
            text.Append(CultureInfo.InvariantCulture, $" ack {unchecked(segment.Acknowledgment - segment.Flow.PeerOffset)}");
        }

        text.Append(CultureInfo.InvariantCulture, $" win {segment.Window}");
        if (segment.Options.Count > 0)
        {
            text.Append(" <").AppendJoin(',', segment.Options.Select(o => Option(o, segment.Flow.PeerOffset))).Append('>');
        }

        return text.ToString();
    }

    /// <summary>The control bits as letters; the three ECN bits of a segment without SYN as a digit if the highest is set.</summary>
    public static string Flags(SegmentFlags flags)
    {
        var text = new StringBuilder();
        Add('S', SegmentFlags.Syn);
        Add('F', SegmentFlags.Fin);
        Add('R', SegmentFlags.Rst);
        Add('P', SegmentFlags.Psh);
        Add('U', SegmentFlags.Urg);
        Add('E', SegmentFlags.Ece);
        Add('W', SegmentFlags.Cwr);
        Add('A', SegmentFlags.Ae);
        Add('.', SegmentFlags.Ack);
        return text.Length == 0 ? "-" : text.ToString();

        void Add(char letter, SegmentFlags flag)
        {
            if ((flags & flag) != 0)
            {
                text.Append(letter);
            }
        }
    }

    /// <summary>An option; the blocks of a SACK less an offset.</summary>
    public static string Option(DrillOption option, uint offset)
    {
        byte[] value = option.Value;
        return (option.Kind, value.Length) switch
        {
            (DrillOption.End, _) => "eol",
            (DrillOption.NoOperation, _) => "nop",
            (DrillOption.MaxSegmentSize, 2) => string.Create(CultureInfo.InvariantCulture, $"mss {BinaryPrimitives.ReadUInt16BigEndian(value)}"),
            (DrillOption.WindowScale, 1) => string.Create(CultureInfo.InvariantCulture, $"wscale {value[0]}"),
            (DrillOption.SackPermitted, 0) => "sackOK",
            (DrillOption.Timestamps, 8) => string.Create(
                CultureInfo.InvariantCulture, $"TS val {BinaryPrimitives.ReadUInt32BigEndian(value)} ecr {BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan(4))}"),
            (DrillOption.Sack, > 0) when value.Length % 8 == 0 => "sack " + string.Join(' ', Blocks(value, offset)),
            (DrillOption.AccurateEcn0, _) when value.Length % 3 == 0 => "ECN" + Counters(value, ["e0b", "ceb", "e1b"]),
            (DrillOption.AccurateEcn1, _) when value.Length % 3 == 0 => "ECN" + Counters(value, ["e1b", "ceb", "e0b"]),
            _ => string.Create(CultureInfo.InvariantCulture, $"kind {option.Kind} {Convert.ToHexStringLower(value)}"),
        };
    }

    private static IEnumerable<string> Blocks(byte[] value, uint offset)
    {
        for (int i = 0; i < value.Length; i += 8)
        {
            uint start = unchecked(BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan(i)) - offset);
            uint end = unchecked(BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan(i + 4)) - offset);
            yield return string.Create(CultureInfo.InvariantCulture, $"{start}:{end}");
        }
    }

    private static string Counters(byte[] value, string[] names)
    {
        var text = new StringBuilder();
        for (int i = 0; i + 3 <= value.Length && i / 3 < names.Length; i += 3)
        {
            text.Append(CultureInfo.InvariantCulture, $" {names[i / 3]} {(value[i] << 16) | (value[i + 1] << 8) | value[i + 2]}");
        }

        return text.ToString();
    }
}
