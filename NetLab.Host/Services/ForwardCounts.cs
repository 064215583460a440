using NetLab.Host.Forwarding;

namespace NetLab.Host.Services;

/// <summary>What a forward has done, as counts of a service.</summary>
internal static class ForwardCounts
{
    /// <summary>All connections together.</summary>
    public static IEnumerable<ServiceCount> Of(Forward forward) =>
    [
        new("connections_open", forward.OpenCount) { IsLevel = true },
        new("connections_accepted", forward.Accepted),
        new("connections_broken", forward.Failed),
        new("connections_refused", forward.Refused),
        new("up_bytes", forward.BytesUp),
        new("down_bytes", forward.BytesDown),
    ];

    /// <summary>Each connection, the busiest first.</summary>
    public static IReadOnlyList<ServiceClient> ClientsOf(Forward forward, int count) =>
    [
        .. forward.Open.Concat(forward.Over).OrderByDescending(c => c.BytesUp + c.BytesDown).Take(count)
            .Select(c => new ServiceClient(c.Client, [new("up_bytes", c.BytesUp), new("down_bytes", c.BytesDown), new("open", c.Closed is null ? 1 : 0) { IsLevel = true }])),
    ];
}
