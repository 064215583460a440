using NetLab.Osi.Session;

namespace NetLab.Osi.Application;

/// <summary>A direction that is made of lines, ended by CR LF or by LF alone.</summary>
internal abstract class LineParser : StreamParser
{
    // RFC 5321, 4.5.3.1.6 allows a thousand bytes a line; what is longer than many times that is none.
    private const int MaxLine = 64 << 10;

    /// <summary>How many of the next bytes are no lines, because a line before said so.</summary>
    protected long RawLeft { get; set; }

    public override int Parse(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        int taken = 0;
        while (taken < bytes.Length)
        {
            int raw = (int)Math.Min(RawLeft, bytes.Length - taken);
            if (raw > 0)
            {
                RawLeft -= raw;
                AcceptRaw(segment, bytes.Slice(taken, raw), RawLeft == 0);
                taken += raw;
                continue;
            }

            int length = bytes[taken..].IndexOf((byte)'\n');
            if (length < 0)
            {
                return bytes.Length - taken > MaxLine ? NotMine : taken;
            }

            ReadOnlySpan<byte> line = bytes.Slice(taken, length);
            taken += length + 1;
            StreamParser? before = segment.Side.Parser;
            Accept(segment, line.EndsWith("\r"u8) ? line[..^1] : line);
            if (segment.Side.Parser != before)
            {
                break;
            }
        }

        return taken;
    }

    public override void OnCut(in StreamSegment segment, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            Accept(segment, bytes);
        }
    }

    /// <summary>Takes bytes that are no lines.</summary>
    /// <param name="segment">The segment that brought them.</param>
    /// <param name="bytes">They.</param>
    /// <param name="isLast">Whether these are the last of what a line announced.</param>
    protected virtual void AcceptRaw(in StreamSegment segment, ReadOnlySpan<byte> bytes, bool isLast)
    {
    }

    /// <summary>Takes a line, without its end.</summary>
    protected abstract void Accept(in StreamSegment segment, ReadOnlySpan<byte> line);
}
