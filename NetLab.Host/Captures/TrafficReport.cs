using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Statistics;

namespace NetLab.Host.Captures;

/// <summary>The tables of a capture that somebody asked for, and how their rows are chosen.</summary>
/// <param name="Endpoints">What each end sent; null if nobody asked.</param>
/// <param name="Conversations">What each two ends sent; null if nobody asked.</param>
/// <param name="Intervals">What each interval of time holds; null if nobody asked.</param>
/// <param name="Order">The order of rows.</param>
/// <param name="Top">How many are shown of a table.</param>
internal sealed record TrafficReport(TrafficTable? Endpoints, TrafficTable? Conversations, IntervalCounts? Intervals, TrafficOrder Order, int Top)
{
    // Frames without IP have ends, too; they are shown where nothing else is.
    private readonly TrafficTable _hardware = new(TrafficKind.Ethernet, ends: true);
    private TrafficTable? _udp;
    private IReadOnlyList<Traffic>? _known;

    /// <summary>Whether nobody asked for any.</summary>
    public bool IsEmpty => Endpoints is null && Conversations is null && Intervals is null;

    /// <summary>Whether there are rows about conversations.</summary>
    public bool HasConversations => Conversations is not null || _known is not null;

    /// <summary>Conversations that there are, shown or not.</summary>
    public int ConversationCount => _known?.Count ?? ((Conversations?.Count ?? 0) + (_udp?.Count ?? 0));

    /// <summary>The rows about ends.</summary>
    public IReadOnlyList<Traffic> EndpointRows => ShownEndpoints?.Rows(Order, Top) ?? [];

    /// <summary>Ends that there are, shown or not.</summary>
    public int EndpointCount => ShownEndpoints?.Count ?? 0;

    /// <summary>The rows about conversations.</summary>
    public IReadOnlyList<Traffic> ConversationRows => _known ?? (_udp is null
        ? Conversations?.Rows(Order, Top) ?? []
        : [.. Conversations!.Rows(Order, Top).Concat(_udp.Rows(Order, Top)).OrderByDescending(r => r.Bytes).Take(Top)]);

    private TrafficTable? ShownEndpoints => Endpoints is { Count: 0 } ? _hardware : Endpoints;

    /// <summary>The same with the conversations of TCP and UDP.</summary>
    public TrafficReport WithConversations() => this with
    {
        Conversations = new TrafficTable(TrafficKind.Tcp, ends: false),
        _udp = new TrafficTable(TrafficKind.Udp, ends: false),
    };

    /// <summary>The same with conversations that a decoder followed.</summary>
    public TrafficReport WithConversations(CaptureStatistics statistics, PacketDecoder decoder) => this with
    {
        _known = Conversations is not null ? null :
        [
            .. statistics.Conversations(decoder, out _).Select(
                c => new Traffic(c.Protocol, c.First, c.Second, c.PacketsSent, c.BytesSent, c.PacketsReceived, c.BytesReceived, null, 0)),
        ],
    };

    /// <summary>Counts a packet.</summary>
    public void Add(ReadOnlySpan<byte> bytes, DecodedPacket decoded)
    {
        if (Endpoints is { } endpoints)
        {
            endpoints.Add(bytes, decoded);
            if (endpoints.Count == 0)
            {
                _hardware.Add(bytes, decoded);
            }
        }

        Conversations?.Add(bytes, decoded);
        _udp?.Add(bytes, decoded);
        Intervals?.Add(decoded);
    }

    /// <summary>Says on standard error what is in no row.</summary>
    /// <param name="conversations">UDP conversations that the decoder forgot and nothing remembers.</param>
    public void ReportLeftOut(long conversations)
    {
        long packets = (Endpoints?.PacketsLeftOut ?? 0) + (Conversations?.PacketsLeftOut ?? 0) + (_udp?.PacketsLeftOut ?? 0);
        Report(packets, "packets of further ends are in no row: the tables were full");
        Report(Intervals?.PacketsLeftOut ?? 0, "packets are in no interval: they have no time, or a time of their own");
        Report(conversations, "UDP conversations are not among those listed: there are too many");

        static void Report(long count, string what)
        {
            if (count > 0)
            {
                Console.Error.WriteLine($"nlab: {count} {what}");
            }
        }
    }
}
