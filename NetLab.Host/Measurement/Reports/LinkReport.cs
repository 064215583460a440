using NetLab.Udp.Links;

namespace NetLab.Host.Measurement.Reports;

/// <summary>What a relay did.</summary>
/// <param name="Seed">The seed that gives the same fate to the same datagrams.</param>
/// <param name="Up">From clients to the target.</param>
/// <param name="Down">From the target to clients.</param>
internal sealed record LinkReport(ulong Seed, LinkDirectionReport Up, LinkDirectionReport Down)
{
    /// <summary>Times a full buffer kept something from reaching the link, each up to 64 datagrams; null where that is not known.</summary>
    public uint? BufferDrops { get; init; }

    /// <summary>Datagrams that left the link and that the system did not take.</summary>
    public long SendFailures { get; init; }

    /// <summary>How late datagrams left the link.</summary>
    public LatencySummary? LatenessUs { get; init; }

    /// <summary>What a relay has done until now.</summary>
    public static LinkReport Of(LinkRelay relay, ulong seed) =>
        new(seed, LinkDirectionReport.Of(relay.Up), LinkDirectionReport.Of(relay.Down))
        {
            BufferDrops = relay.BufferDrops,
            SendFailures = relay.SendFailures,
            LatenessUs = LatencySummary.From(relay.Lateness),
        };
}

/// <summary>What one direction of a link did, in datagrams.</summary>
internal sealed record LinkDirectionReport(
    long Entered, long EnteredBytes, long Delivered, long Lost, long ScriptedDrops, long QueueDrops, long Delayed, long Duplicated, long Reordered, long Corrupted)
{
    public static LinkDirectionReport Of(LinkStatistics s) => new(
        s.Entered, s.EnteredBytes, s.Delivered, s.Lost, s.ScriptedDrops, s.QueueDrops, s.Delayed, s.Duplicated, s.Reordered, s.Corrupted);
}
