using System.CommandLine;
using NetLab.Host.Captures;
using NetLab.Host.Rendering;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Filters;
using NetLab.Osi.Protocols;
using NetLab.Osi.Statistics;
using NetLab.Udp.Text;

namespace NetLab.Host.Commands;

/// <summary><c>nlab stats FILE</c>: what a capture adds up to.</summary>
internal static class StatsCommand
{
    // A scan has a conversation a packet; where nobody says how many, a file gets so many.
    private const int MaxRows = 100_000;

    private static readonly string[] Kinds = ["eth", "ip", "tcp", "udp"];

    public static Command Create()
    {
        var input = new CaptureArguments(several: true);
        var endpoints = new Option<bool>("--endpoints") { Description = "What each address sent and received" };
        var conversations = new Option<string?>("--conversations") { Description = "What each two ends sent: tcp, udp, ip or eth", HelpName = "KIND" };
        conversations.CompletionSources.Add(Kinds);
        var sort = new Option<string>("--sort") { Description = "Order of the tables: bytes, packets, sent, received, duration, start or address", DefaultValueFactory = _ => "bytes", HelpName = "COLUMN" };
        sort.CompletionSources.Add([.. Enum.GetNames<TrafficOrder>().Select(n => n.ToLowerInvariant())]);
        var top = new Option<int?>("--top") { Description = "Rows to show (20, or all as JSON and CSV)", HelpName = "N" };
        var per = new Option<string?>("--per") { Description = "Packets and bytes of each interval of this length", HelpName = "TIME" };
        var filter = new Option<string?>("--filter", "-Y") { Description = "Only packets that match a display filter", HelpName = "EXPR" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var csv = new Option<bool>("--csv") { Description = "The table with commas between" };
        var command = new Command("stats", "Add up a capture: protocols, layers, conversations, and what is odd about it")
        {
            endpoints, conversations, sort, top, per, filter, json, csv,
        };
        input.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            bool asJson = parsed.GetValue(json);
            bool asCsv = parsed.GetValue(csv);
            if (asJson && asCsv)
            {
                throw new UsageException("--json and --csv are two different outputs: choose one");
            }

            if (parsed.GetValue(top) is < 1)
            {
                throw new UsageException($"--top {parsed.GetValue(top)}: a count is at least 1");
            }

            TrafficKind? kind = parsed.GetValue(conversations) is { } name ? KindFrom(name) : null;
            long? width = parsed.GetValue(per) is { } text ? WidthFrom(text) : null;
            bool wantsEndpoints = parsed.GetValue(endpoints);
            if (asCsv && (kind is null ? 0 : 1) + (width is null ? 0 : 1) + (wantsEndpoints ? 1 : 0) > 1)
            {
                throw new UsageException("--csv: one table at a time, --endpoints, --conversations or --per");
            }

            if (kind is null && !wantsEndpoints && width is not null && !asJson && Array.Find<Option>([sort, top], o => parsed.GetResult(o) is { Implicit: false }) is { } idle)
            {
                throw new UsageException($"{idle.Name}: is of --endpoints and --conversations; --per goes by time");
            }

            var tables = new TrafficReport(
                wantsEndpoints ? new TrafficTable(TrafficKind.Ip, ends: true) : null,
                kind is { } of ? new TrafficTable(of, ends: false) : null,
                width is { } nanoseconds ? new IntervalCounts(nanoseconds) : null,
                OrderFrom(parsed.GetRequiredValue(sort)),
                parsed.GetValue(top) ?? (asJson || asCsv ? int.MaxValue : 20));
            CaptureInput capture = input.Read(parsed);
            DisplayFilter? chosen = FilterFrom(parsed.GetValue(filter), capture.Protocols);
            return CaptureWork.RunAsync(capture, stop => Run(capture, tables, chosen, asJson, asCsv, parsed.GetValue(top) ?? (asCsv ? MaxRows : 20), stop), cancellationToken);
        });
        return command;
    }

    private static int Run(
        CaptureInput capture, TrafficReport tables, DisplayFilter? filter, bool json, bool csv, int top, CancellationToken cancellationToken)
    {
        var statistics = new CaptureStatistics { Top = top };

        // What a filter chooses is no whole conversation, so that the tables count it; without tables, those of TCP and UDP.
        TrafficReport counted = filter is not null && tables.IsEmpty ? tables.WithConversations() : tables;
        bool onlyTables = !tables.IsEmpty && !json;
        return capture.Decode(
            statistics.Observing(new DecoderOptions
            {
                HashStreams = false,
                DecodeBodies = false,
                FollowStreams = !onlyTables || filter?.NeedsStreams == true,
            }),
            (in CapturedPacket packet, DecodedPacket decoded) =>
            {
                if (filter?.Matches(decoded, packet.Bytes) ?? true)
                {
                    counted.Add(packet.Bytes, decoded);
                    if (!onlyTables)
                    {
                        statistics.Add(packet, decoded);
                    }
                }

                return true;
            },
            decoder =>
            {
                using Stream output = Console.OpenStandardOutput();
                if (csv)
                {
                    TrafficCsv.Write(output, tables.IsEmpty ? counted.WithConversations(statistics, decoder) : counted);
                }
                else if (onlyTables)
                {
                    StatsView.Show(counted);
                }
                else
                {
                    Show(statistics, decoder, counted, filter is not null, json);
                }

                counted.ReportLeftOut(statistics.ConversationsLeftOut);
            },
            cancellationToken);
    }

    private static void Show(CaptureStatistics statistics, PacketDecoder decoder, TrafficReport tables, bool isFiltered, bool json)
    {
        int count = 0;
        IReadOnlyList<Conversation> conversations = isFiltered ? [] : statistics.Conversations(decoder, out count);
        IReadOnlyList<Anomaly> anomalies = statistics.Anomalies(isFiltered ? null : decoder);
        if (json)
        {
            Console.Out.WriteLine(StatsDocument.Of(statistics, conversations, count, anomalies, tables));
        }
        else
        {
            StatsView.Show(statistics, conversations, count, anomalies, tables);
        }
    }

    private static TrafficKind KindFrom(string name) => Array.IndexOf(Kinds, name) is >= 0 and var index
        ? (TrafficKind)index
        : throw new UsageException($"--conversations '{name}': it is tcp, udp, ip or eth");

    private static TrafficOrder OrderFrom(string name) => Enum.TryParse(name, ignoreCase: true, out TrafficOrder order) && !char.IsAsciiDigit(name[0])
        ? order
        : throw new UsageException($"--sort '{name}': it is bytes, packets, sent, received, duration, start or address");

    private static long WidthFrom(string text) => Quantity.TryParseDuration(text, out TimeSpan width) && width > TimeSpan.Zero && width.TotalDays <= 36_500
        ? width.Ticks * 100
        : throw new UsageException($"--per '{text}': a time above zero, such as 1s or 100ms");

    private static DisplayFilter? FilterFrom(string? text, ProtocolRegistry protocols)
    {
        DisplayFilter? filter = null;
        return string.IsNullOrWhiteSpace(text) || DisplayFilter.TryParse(text, protocols, out filter, out string? error)
            ? filter
            : throw new UsageException($"--filter: {error}");
    }
}
