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
    public string Most => new[]
    {
        (CongestionWindow, "the congestion window"),
        (ReceiveWindow, "the receive window"),
        (SendBuffer, "the send buffer"),
        (Application, "the application"),
        (Pacing, "pacing"),
    }.MaxBy(l => l.Item1).Item2;

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
