using System.Globalization;
using System.Text;
using NetLab.Osi.Statistics;

namespace NetLab.Host.Captures;

/// <summary>A table of a capture with commas between (RFC 4180): a line of names, then a line a row.</summary>
internal static class TrafficCsv
{
    public static void Write(Stream output, TrafficReport report)
    {
        using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        if (report.Intervals is { } intervals)
        {
            text.WriteLine("start,packets,bytes,bits_per_second");
            foreach (IntervalCounts.Interval i in intervals.All)
            {
                text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i.Start:0.#########},{i.Packets},{i.Bytes},{i.BitsPerSecond:0.###}"));
            }
        }
        else if (report.Endpoints is not null)
        {
            text.WriteLine("kind,address,packets,bytes,packets_sent,bytes_sent,packets_received,bytes_received");
            foreach (Traffic r in report.EndpointRows)
            {
                text.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{r.Kind},{r.First},{r.Packets},{r.Bytes},{r.PacketsSent},{r.BytesSent},{r.PacketsReceived},{r.BytesReceived}"));
            }
        }
        else
        {
            text.WriteLine("kind,first,second,packets,bytes,packets_sent,bytes_sent,packets_received,bytes_received,start,duration");
            foreach (Traffic r in report.ConversationRows)
            {
                text.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{r.Kind},{r.First},{r.Second},{r.Packets},{r.Bytes},{r.PacketsSent},{r.BytesSent},{r.PacketsReceived},{r.BytesReceived},{r.Start:0.#########},{r.Duration:0.#########}"));
            }
        }
    }
}
