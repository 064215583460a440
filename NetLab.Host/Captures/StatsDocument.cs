using System.Text.Json;
using System.Text.Json.Serialization;
using NetLab.Osi.Model;
using NetLab.Osi.Statistics;

namespace NetLab.Host.Captures;

/// <summary>What a capture adds up to as a JSON document.</summary>
internal static class StatsDocument
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public static string Of(CaptureStatistics s, IReadOnlyList<Conversation> conversations, int count, IReadOnlyList<Anomaly> anomalies, TrafficReport tables)
    {
        var document = new Dictionary<string, object?>
        {
            ["schema"] = "netlab.stats/1",
            ["packets"] = s.Packets,
            ["wire_bytes"] = s.WireBytes,
            ["captured_bytes"] = s.CapturedBytes,
            ["first_time"] = s.FirstTime,
            ["last_time"] = s.LastTime,
            ["layers"] = Enum.GetValues<OsiLayer>().Select(l => new { Layer = (int)l, HeaderBytes = s.HeaderBytes(l) }),
            ["payload_bytes"] = s.PayloadBytes,
            ["protocols"] = Node(s.Protocols),
            ["conversations"] = tables.HasConversations ? tables.ConversationRows : conversations,
            ["conversation_count"] = tables.HasConversations ? tables.ConversationCount : count,
            ["oddities"] = anomalies,
        };
        if (tables.Endpoints is not null)
        {
            document["endpoints"] = tables.EndpointRows;
        }

        if (tables.Intervals is { } intervals)
        {
            document["intervals"] = intervals.All.Select(i => new { i.Start, i.Packets, i.Bytes, i.BitsPerSecond });
        }

        return JsonSerializer.Serialize(document, Json);
    }

    private static object Node(ProtocolNode node) => new { node.Name, node.Packets, node.Bytes, Children = node.Children.Select(Node) };
}
