using System.Globalization;
using NetLab.Host.Rendering;

namespace NetLab.Host.Demo;

/// <summary>The transports of a demo side by side.</summary>
internal static class DemoTable
{
    private static readonly ColumnTable<DemoTransfer> Columns = new(
    [
        new("transport", t => t.Transport) { IsText = true, Rank = 0 },
        new("sent", t => Units.Count(t.Sent)) { Rank = 0 },
        new("delivered", t => t.Delivered == t.Bytes ? "all" : string.Create(CultureInfo.InvariantCulture, $"{(t.Bytes == 0 ? 1 : (double)t.Delivered / t.Bytes):P1}")) { Rank = 0 },
        new("lost on link", t => t.AcknowledgmentsLost is { } acks ? $"{Units.Count(t.LostOnLink)} ({Units.Count(acks)} ACKs)" : Units.Count(t.LostOnLink)) { Rank = 0 },
        new("retransmitted", t => t.Retransmitted is { } again ? Units.Count(again) : "-") { Rank = 0 },
        new("goodput", t => Units.Rate(t.Goodput)) { Rank = 0 },
        new("bytes delivered", t => Units.Count(t.Delivered)) { Rank = 2 },
        new("sha256", t => t.SentSha256 != t.ReceivedSha256 ? "DIFFERENT" : t.Delivered == t.Bytes ? "equal at both ends" : "of what arrived: equal") { IsText = true, Rank = 1 },
    ]);

    /// <summary>Writes it to standard output.</summary>
    public static void Write(params DemoTransfer[] transfers) => Columns.Write(Terminal.Out, transfers);
}
