namespace NetLab.Tcp.Counters;

/// <summary>For how long what kept a sender from sending more (compare tcp_info's busy_time, rwnd_limited and sndbuf_limited in Linux).</summary>
/// <param name="CongestionWindow">By the congestion window or the repair of losses.</param>
/// <param name="ReceiveWindow">By the window that the peer offers.</param>
/// <param name="SendBuffer">By the send buffer.</param>
/// <param name="Application">By the application.</param>
/// <param name="Pacing">By pacing.</param>
public readonly record struct SendLimitTimes(
    TimeSpan CongestionWindow, TimeSpan ReceiveWindow, TimeSpan SendBuffer, TimeSpan Application, TimeSpan Pacing)
{
    /// <summary>All of it.</summary>
    public TimeSpan Total => CongestionWindow + ReceiveWindow + SendBuffer + Application + Pacing;

    /// <summary>The sum of two.</summary>
    public SendLimitTimes Add(SendLimitTimes other) => new(
        CongestionWindow + other.CongestionWindow,
        ReceiveWindow + other.ReceiveWindow,
        SendBuffer + other.SendBuffer,
        Application + other.Application,
        Pacing + other.Pacing);
}
