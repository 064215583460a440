using System.Net;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Diagnostics;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>Warns that a backlog was full: at once, and then no more often than anybody would read it. Used on the loop only.</summary>
/// <param name="statistics">Count how often it was.</param>
/// <param name="clock">The present moment.</param>
/// <param name="logger">Where the warning goes.</param>
/// <param name="local">Whose backlog it is.</param>
internal sealed class OverflowWarning(DemultiplexerStatistics statistics, MonotonicClock clock, ILogger logger, IPEndPoint local)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private Instant _warnedAt = new(long.MinValue / 2);
    private long _warnedOf;

    /// <summary>Warns if there is something new, and it is time to.</summary>
    public void Check()
    {
        long overflows = statistics.BacklogOverflows;
        if (overflows != _warnedOf && clock.Now - _warnedAt >= Pause)
        {
            TcpLog.BacklogFull(logger, local, overflows - _warnedOf);
            (_warnedOf, _warnedAt) = (overflows, clock.Now);
        }
    }
}
