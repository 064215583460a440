using NetLab.Udp.Links;

namespace NetLab.Host.Services;

/// <summary>What a relay has done, as counts by name.</summary>
internal static class RelayCounts
{
    /// <summary>Both directions.</summary>
    public static IReadOnlyList<ServiceCount> Of(LinkRelay relay) =>
    [
        new("clients", relay.Clients) { IsLevel = true },
        .. Of("up", relay.Up),
        .. Of("down", relay.Down),
        new("buffer_drops", relay.BufferDrops ?? 0),
        new("send_failures", relay.SendFailures),
    ];

    /// <summary>The clients, the busiest first.</summary>
    public static IReadOnlyList<ServiceClient> ClientsOf(LinkRelay relay) =>
    [
        .. relay.ClientStatistics.OrderByDescending(c => c.UpBytes + c.DownBytes).Select(c => new ServiceClient(
            c.Client.ToString(),
            [new("up_datagrams", c.UpDatagrams), new("up_bytes", c.UpBytes), new("down_datagrams", c.DownDatagrams), new("down_bytes", c.DownBytes)])),
    ];

    private static IEnumerable<ServiceCount> Of(string direction, LinkStatistics s) =>
    [
        new($"{direction}_entered", s.Entered),
        new($"{direction}_delivered", s.Delivered),
        new($"{direction}_delivered_bytes", s.DeliveredBytes),
        new($"{direction}_lost", s.Lost),
        new($"{direction}_scripted_drops", s.ScriptedDrops),
        new($"{direction}_queue_drops", s.QueueDrops),
        new($"{direction}_too_large", s.TooLarge),
        new($"{direction}_delayed", s.Delayed),
        new($"{direction}_reordered", s.Reordered),
        new($"{direction}_duplicated", s.Duplicated),
        new($"{direction}_corrupted", s.Corrupted),
        new($"{direction}_marked", s.Marked),
    ];
}
