using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NetLab.Osi.Indexing;
using NetLab.Osi.Model;
using NetLab.Osi.Statistics;

namespace NetLab.Host.Page;

/// <summary>What a capture adds up to: <c>conversations</c>, <c>statistics</c>, <c>intervals</c>.</summary>
internal static class SummaryResource
{
    private const int MaxShown = 2000;
    private const int MaxNodes = 500;

    /// <summary>The largest conversations.</summary>
    public static Task ConversationsAsync(HttpContext context, OpenCapture capture)
    {
        int limit = (int)PageQuery.Number(context, "limit", 200, 1, MaxShown);
        long skip = PageQuery.Number(context, "skip", 0, 0, int.MaxValue);
        string sort = PageQuery.OneOf(context, "sort", "bytes", "packets", "number");
        return PageAnswer.WriteAsync(context, json => capture.Summarize((sums, conversations, count, _) =>
        {
            json.WriteStartObject();
            json.WriteBoolean("complete", capture.Index.IsComplete);
            json.WriteNumber("counted", sums?.Packets ?? 0);
            json.WriteNumber("total", count);
            json.WriteStartArray("conversations");
            IEnumerable<Conversation> all = sort switch
            {
                "packets" => conversations.OrderByDescending(c => c.PacketsSent + c.PacketsReceived),
                "number" => conversations.OrderBy(c => c.Protocol, StringComparer.Ordinal).ThenBy(c => c.Number),
                _ => conversations,
            };
            foreach (Conversation c in all.Skip((int)skip).Take(limit))
            {
                json.WriteStartObject();
                json.WriteString("proto", c.Protocol);
                json.WriteNumber("stream", c.Number);
                json.WriteString("a", c.First);
                json.WriteString("b", c.Second);
                json.WriteNumber("packets_a", c.PacketsSent);
                json.WriteNumber("bytes_a", c.BytesSent);
                json.WriteNumber("packets_b", c.PacketsReceived);
                json.WriteNumber("bytes_b", c.BytesReceived);
                json.WriteString("applications", c.Applications);
                if (c.State is { } state)
                {
                    json.WriteString("state", state);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    /// <summary>Endpoints, protocol hierarchy, the layers' shares of bytes, anomalies.</summary>
    public static Task StatisticsAsync(HttpContext context, OpenCapture capture) => PageAnswer.WriteAsync(context, json => capture.Summarize((sums, conversations, _, anomalies) =>
    {
        json.WriteStartObject();
        json.WriteBoolean("complete", capture.Index.IsComplete);
        if (sums is not null)
        {
            json.WriteNumber("packets", sums.Packets);
            json.WriteNumber("bytes", sums.WireBytes);
            json.WriteNumber("captured_bytes", sums.CapturedBytes);
            json.WriteNumber("payload_bytes", sums.PayloadBytes);
            json.WriteStartArray("layers");
            foreach (OsiLayer layer in Enum.GetValues<OsiLayer>())
            {
                json.WriteStartObject();
                json.WriteNumber("osi", (int)layer);
                json.WriteNumber("header_bytes", sums.HeaderBytes(layer));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WritePropertyName("hierarchy");
            int left = MaxNodes;
            Write(json, sums.Protocols, ref left);
            WriteAnomalies(json, anomalies);
            WriteEndpoints(json, conversations);
        }

        json.WriteEndObject();
    }));

    /// <summary>The capture's time in equal parts.</summary>
    public static Task IntervalsAsync(HttpContext context, OpenCapture capture)
    {
        int count = (int)PageQuery.Number(context, "count", 200, 1, MaxShown);
        FilterSearch? search = PageQuery.Text(context, "filter") is { } filter ? capture.Find(filter) : null;
        return PageAnswer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("complete", search?.IsComplete ?? capture.Index.IsComplete);
            json.WriteStartArray("intervals");
            foreach (CaptureInterval part in capture.Index.Intervals(count, search))
            {
                json.WriteStartObject();
                json.WriteNumber("start", part.Start);
                json.WriteNumber("length", part.Length);
                json.WriteNumber("packets", part.Packets);
                json.WriteNumber("bytes", part.Bytes);
                json.WriteNumber("marked", part.Marked);
                json.WriteNumber("n", part.FirstPacket);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    // A hostile capture makes thousands of branches: what is left out is said by its parent's counts.
    private static void Write(Utf8JsonWriter json, ProtocolNode node, ref int left)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteNumber("packets", node.Packets);
        json.WriteNumber("bytes", node.Bytes);
        json.WriteStartArray("children");
        if (json.CurrentDepth < 60)
        {
            foreach (ProtocolNode child in node.Children)
            {
                if (left-- <= 0)
                {
                    break;
                }

                Write(json, child, ref left);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteAnomalies(Utf8JsonWriter json, IReadOnlyList<Anomaly> anomalies)
    {
        json.WriteStartArray("anomalies");
        foreach (Anomaly anomaly in anomalies)
        {
            json.WriteStartObject();
            json.WriteString("what", anomaly.What);
            json.WriteNumber("count", anomaly.Count);
            if (anomaly.FirstPacket is { } packet)
            {
                json.WriteNumber("n", packet);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string AddressOf(string end) => end[..Math.Max(0, end.LastIndexOf(':'))].Trim('[', ']');

    private static void WriteEndpoints(Utf8JsonWriter json, IReadOnlyList<Conversation> conversations)
    {
        var ends = new Dictionary<string, (long Packets, long Bytes, long Sent, int Conversations)>();
        foreach (Conversation c in conversations)
        {
            // A machine that talks to itself is one end.
            (string first, string second) = (AddressOf(c.First), AddressOf(c.Second));
            Count(first, first == second ? c.Bytes : c.BytesSent);
            if (first != second)
            {
                Count(second, c.BytesReceived);
            }

            void Count(string address, long sent)
            {
                (long packets, long bytes, long all, int talks) = ends.GetValueOrDefault(address);
                ends[address] = (packets + c.PacketsSent + c.PacketsReceived, bytes + c.Bytes, all + sent, talks + 1);
            }
        }

        json.WriteStartArray("endpoints");
        foreach ((string address, (long packets, long bytes, long sent, int talks)) in ends.OrderByDescending(e => e.Value.Bytes).Take(MaxShown))
        {
            json.WriteStartObject();
            json.WriteString("address", address);
            json.WriteNumber("packets", packets);
            json.WriteNumber("bytes", bytes);
            json.WriteNumber("sent_bytes", sent);
            json.WriteNumber("conversations", talks);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
