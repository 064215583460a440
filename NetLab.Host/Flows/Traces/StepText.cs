using System.Globalization;
using NetLab.Host.Experiments.Networks;

namespace NetLab.Host.Flows.Traces;

/// <summary>What an arrow of a ladder says of a segment: as a lesson's ladder does.</summary>
internal static class StepText
{
    /// <summary>Says it in a line.</summary>
    public static string Of(SegmentRecord segment)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{segment.Kind} seq={segment.Start}");
        if (segment.Header.Has(Tcp.Segments.SegmentFlags.Ack))
        {
            text += string.Create(CultureInfo.InvariantCulture, $" ack={segment.Acknowledged}");
        }

        if (segment.PayloadLength > 0)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" len={segment.PayloadLength}");
        }

        return segment.Sack.Count > 0 ? text + string.Create(CultureInfo.InvariantCulture, $" sack={segment.Sack[0].Start}-{segment.Sack[0].End}") : text;
    }
}
