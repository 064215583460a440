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

    /// <summary>The one that had most, and how much.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public (string Name, double Percent) Most => new[]
    {
        ("cwnd", CongestionWindow), ("rwnd", ReceiveWindow), ("send buffer", SendBuffer), ("application", Application), ("pacing", Pacing),
    }.MaxBy(limit => limit.Item2);
}
