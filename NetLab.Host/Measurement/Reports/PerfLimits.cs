using NetLab.Tcp.Counters;

namespace NetLab.Host.Measurement.Reports;

/// <summary>What kept a sender from sending more, in per cent of the time, streams together.</summary>
/// <param name="CongestionWindow">The congestion window; of the kernel's TCP, pacing too.</param>
/// <param name="ReceiveWindow">The receive window.</param>
/// <param name="SendBuffer">The send buffer.</param>
/// <param name="Application">The application.</param>
/// <param name="Pacing">Pacing.</param>
internal sealed record PerfLimits(double CongestionWindow, double ReceiveWindow, double SendBuffer, double Application, double Pacing)
{
    /// <summary>What passed between two looks; null if nothing did.</summary>
    public static PerfLimits? Between(SendLimitTimes before, SendLimitTimes after)
    {
        double total = (after.Total - before.Total).TotalSeconds;
        return total <= 0 ? null : new(
            Share(after.CongestionWindow - before.CongestionWindow),
            Share(after.ReceiveWindow - before.ReceiveWindow),
            Share(after.SendBuffer - before.SendBuffer),
            Share(after.Application - before.Application),
            Share(after.Pacing - before.Pacing));

        double Share(TimeSpan time) => Math.Round(100 * Math.Clamp(time.TotalSeconds / total, 0, 1), 1);
    }

    /// <summary>What people call each, and its member in JSON.</summary>
    public static readonly IReadOnlyList<(string Name, string Member)> Names =
    [
        ("cwnd", "congestion_window"), ("rwnd", "receive_window"), ("send buffer", "send_buffer"), ("application", "application"), ("pacing", "pacing"),
    ];

    /// <summary>Each, the one that had most first.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<(string Name, double Percent)> Shares =>
        [.. Names.Select(limit => limit.Name).Zip([CongestionWindow, ReceiveWindow, SendBuffer, Application, Pacing]).OrderByDescending(limit => limit.Second)];

    /// <summary>The one that had most, and how much.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public (string Name, double Percent) Most => Shares[0];
}
