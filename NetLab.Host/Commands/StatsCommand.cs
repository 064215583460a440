using System.CommandLine;
using System.Text.Json;
using NetLab.Host.Captures;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Statistics;

namespace NetLab.Host.Commands;

/// <summary><c>nlab stats FILE</c>: what a capture adds up to.</summary>
internal static class StatsCommand
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Command Create()
    {
        var input = new CaptureArguments();
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var top = new Option<int>("--top") { Description = "Conversations to show", DefaultValueFactory = _ => 20, HelpName = "COUNT" };
        var command = new Command("stats", "Add up a capture: protocols, layers, conversations, and what is odd about it") { json, top };
        input.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(top) < 0)
            {
                throw new UsageException($"--top {parsed.GetValue(top)}: a count is not negative");
            }

            CaptureInput capture = input.Read(parsed);
            return Task.Run(() => Run(capture, parsed.GetValue(json), parsed.GetValue(top), cancellationToken), cancellationToken).WaitAsync(cancellationToken);
        });
        return command;
    }

    private static int Run(CaptureInput capture, bool json, int top, CancellationToken cancellationToken)
    {
        var statistics = new CaptureStatistics();
        int ended = 0;
        return capture.Decode(
            new DecoderOptions { HashStreams = false, DecodeBodies = false, StreamEnded = _ => ended++ },
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                statistics.Add(packet, decoded);
                return true;
            },
            decoder =>
            {
                IReadOnlyList<Conversation> conversations = CaptureStatistics.Conversations(decoder, top, out int count);
                count += ended;
                IReadOnlyList<Oddity> oddities = statistics.Oddities(decoder);
                if (json)
                {
                    Console.Out.WriteLine(JsonSerializer.Serialize(Document(statistics, conversations, count, oddities), Json));
                }
                else
                {
                    StatsView.Show(statistics, conversations, count, oddities);
                }
            },
            cancellationToken);
    }

    private static object Document(CaptureStatistics s, IReadOnlyList<Conversation> conversations, int count, IReadOnlyList<Oddity> oddities) => new
    {
        Schema = "netlab.stats/1",
        s.Packets,
        s.WireBytes,
        s.CapturedBytes,
        s.FirstTime,
        s.LastTime,
        Layers = Enum.GetValues<OsiLayer>().Select(l => new { Layer = (int)l, HeaderBytes = s.HeaderBytes(l) }),
        s.PayloadBytes,
        Protocols = Node(s.Protocols),
        Conversations = conversations,
        ConversationCount = count,
        Oddities = oddities,
    };

    private static object Node(ProtocolNode node) => new { node.Name, node.Packets, node.Bytes, Children = node.Children.Select(Node) };
}
