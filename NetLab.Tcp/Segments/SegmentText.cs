using System.Globalization;
using System.Text;

namespace NetLab.Tcp.Segments;

/// <summary>A segment in one line, as ladders and traces show it.</summary>
public static class SegmentText
{
    /// <summary>Kind, flags, numbers, window, options and length.</summary>
    public static string Of(in Segment segment)
    {
        SegmentHeader header = segment.Header;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{SegmentKind.NameOf(segment)} seq={header.Sequence}");
        if (header.Has(SegmentFlags.Ack))
        {
            text.Append(CultureInfo.InvariantCulture, $" ack={header.Acknowledgment}");
        }

        text.Append(CultureInfo.InvariantCulture, $" win={header.Window} len={segment.Payload.Length}");
        SegmentOptions options = header.Options;
        if (options.MaxSegmentSize is { } mss)
        {
            text.Append(CultureInfo.InvariantCulture, $" mss={mss}");
        }

        if (options.WindowScale is { } scale)
        {
            text.Append(CultureInfo.InvariantCulture, $" scale={scale}");
        }

        if (options.SackPermitted)
        {
            text.Append(" sack");
        }

        for (int i = 0; i < options.Sack.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $" [{options.Sack[i].Start},{options.Sack[i].End})");
        }

        return text.ToString();
    }
}
