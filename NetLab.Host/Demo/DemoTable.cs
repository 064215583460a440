using System.Globalization;
using NetLab.Host.Rendering;
using Spectre.Console;

namespace NetLab.Host.Demo;

/// <summary>The transports of a demo side by side.</summary>
internal static class DemoTable
{
    public static Table Of(params DemoTransfer[] transfers)
    {
        var table = new Table().RoundedBorder();
        foreach (string column in (string[])["transport", "sent", "delivered", "lost on link", "retransmitted", "goodput", "sha256"])
        {
            table.AddColumn(new TableColumn(column) { Alignment = column is "transport" or "sha256" ? Justify.Left : Justify.Right });
        }

        foreach (DemoTransfer t in transfers)
        {
            double share = t.Bytes == 0 ? 1 : (double)t.Delivered / t.Bytes;
            table.AddRow(
                t.Transport,
                Number(t.Sent),
                string.Create(CultureInfo.InvariantCulture, $"{t.Delivered} B ({share:P1})"),
                Number(t.LostOnLink),
                t.Retransmitted is { } again ? Number(again) : "-",
                Units.Rate(t.Goodput),
                t.SentSha256 != t.ReceivedSha256 ? "DIFFERENT" : t.Delivered == t.Bytes ? "equal at both ends" : "of what arrived: equal");
        }

        return table;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
