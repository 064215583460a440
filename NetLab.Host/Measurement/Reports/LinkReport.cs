using NetLab.Udp.Devices;
using NetLab.Udp.Links;

namespace NetLab.Host.Measurement.Reports;

/// <summary>What a relay did.</summary>
/// <param name="Seed">The seed that gives the same fate to the same datagrams.</param>
/// <param name="Up">From clients to the target.</param>
/// <param name="Down">From the target to clients.</param>
internal sealed record LinkReport(ulong Seed, LinkDirectionReport Up, LinkDirectionReport Down)
{
    /// <summary>What only served an nlab perf on its way up, its warm-up and messages; in no other count.</summary>
    public LinkDirectionReport? UpAside { get; init; }

    /// <summary>The same on its way down.</summary>
    public LinkDirectionReport? DownAside { get; init; }

    /// <summary>Times a full buffer kept something from reaching the link, each up to 64 datagrams; null where that is not known.</summary>
    public uint? BufferDrops { get; init; }

    /// <summary>Datagrams that left the link and that the system did not take.</summary>
    public long SendFailures { get; init; }

    /// <summary>How late datagrams left the link.</summary>
    public LatencySummary? LatenessUs { get; init; }

    /// <summary>What a link between devices has done until now.</summary>
    public static LinkReport Of(TunLink link, ulong seed) =>
        new(seed, LinkDirectionReport.Of(link.Up), LinkDirectionReport.Of(link.Down))
        {
            SendFailures = link.Refused,
            LatenessUs = LatencySummary.From(link.Lateness),
        };

    /// <summary>What a relay has done until now.</summary>
    public static LinkReport Of(LinkRelay relay, ulong seed) =>
        new(seed, LinkDirectionReport.Of(relay.Up), LinkDirectionReport.Of(relay.Down))
        {
            UpAside = relay.UpAside.Entered > 0 ? LinkDirectionReport.Of(relay.UpAside) : null,
            DownAside = relay.DownAside.Entered > 0 ? LinkDirectionReport.Of(relay.DownAside) : null,
            BufferDrops = relay.BufferDrops,
            SendFailures = relay.SendFailures,
            LatenessUs = LatencySummary.From(relay.Lateness),
        };
}

/// <summary>What one direction of a link did, in datagrams.</summary>
internal sealed record LinkDirectionReport
{
    public required long Entered { get; init; }

    public required long EnteredBytes { get; init; }

    public required long Delivered { get; init; }

    public required long DeliveredBytes { get; init; }

    public required long Lost { get; init; }

    public required long ScriptedDrops { get; init; }

    public required long QueueDrops { get; init; }

    public long EarlyDrops { get; init; }

    public long LostWhileDown { get; init; }

    public required long TooLarge { get; init; }

    public required long Delayed { get; init; }

    public required long HeldBack { get; init; }

    public required long Duplicated { get; init; }

    public required long Reordered { get; init; }

    public required long Corrupted { get; init; }

    public required long Marked { get; init; }

    public static LinkDirectionReport Of(LinkStatistics statistics) => new()
    {
        Entered = statistics.Entered,
        EnteredBytes = statistics.EnteredBytes,
        Delivered = statistics.Delivered,
        DeliveredBytes = statistics.DeliveredBytes,
        Lost = statistics.Lost,
        ScriptedDrops = statistics.ScriptedDrops,
        QueueDrops = statistics.QueueDrops,
        EarlyDrops = statistics.EarlyDrops,
        LostWhileDown = statistics.LostWhileDown,
        TooLarge = statistics.TooLarge,
        Delayed = statistics.Delayed,
        HeldBack = statistics.HeldBack,
        Duplicated = statistics.Duplicated,
        Reordered = statistics.Reordered,
        Corrupted = statistics.Corrupted,
        Marked = statistics.Marked,
    };
}
