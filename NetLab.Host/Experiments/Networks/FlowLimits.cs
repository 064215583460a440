using System.Globalization;
using NetLab.Tcp.Connections;
using NetLab.Tcp.Counters;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>What a sender waited for, in per cent of the time in which it had anything to wait for.</summary>
/// <param name="CongestionWindow">The congestion window, or the repair of losses.</param>
/// <param name="ReceiveWindow">The window that the peer offers.</param>
/// <param name="SendBuffer">Its own send buffer.</param>
/// <param name="Application">Its application.</param>
/// <param name="Pacing">Pacing.</param>
public sealed record FlowLimits(double CongestionWindow, double ReceiveWindow, double SendBuffer, double Application, double Pacing)
{
    /// <summary>What binds most of the time, in words.</summary>
    public string Most => Shares.MaxBy(l => l.Share).Name;

    /// <summary>Each limit that held for half a per cent of the time or longer, the longest first, such as "the receive window 93 %, pacing 7 %"; empty where nothing was waited for.</summary>
    public override string ToString() => string.Join(", ", Shares.Where(l => l.Share >= 0.5).OrderByDescending(l => l.Share).Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Name} {l.Share:0} %")));

    private (double Share, string Name)[] Shares =>
    [
        (CongestionWindow, "the congestion window"),
        (ReceiveWindow, "the receive window"),
        (SendBuffer, "the send buffer"),
        (Application, "the application"),
        (Pacing, "pacing"),
    ];

    internal static FlowLimits Of(Connection? connection, Instant now)
    {
        SendLimitTimes times = connection?.Statistics.LimitsAt(now) ?? default;
        double all = Math.Max(1e-9, times.Total.TotalSeconds) / 100;
        return new FlowLimits(
            times.CongestionWindow.TotalSeconds / all,
            times.ReceiveWindow.TotalSeconds / all,
            times.SendBuffer.TotalSeconds / all,
            times.Application.TotalSeconds / all,
            times.Pacing.TotalSeconds / all);
    }
}
