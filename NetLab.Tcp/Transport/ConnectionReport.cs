using System.Net;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Connections;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>What a connection tells the meter and the log: when it is established and when it is over, once each.</summary>
/// <param name="meter">The meter.</param>
/// <param name="logger">The log.</param>
/// <param name="local">The endpoint's address.</param>
/// <param name="remote">The peer's.</param>
/// <param name="isPassive">Whether the peer opened it.</param>
/// <param name="openedAt">When it was opened.</param>
internal sealed class ConnectionReport(TcpMeter meter, ILogger logger, IPEndPoint local, EndPoint? remote, bool isPassive, Instant openedAt)
{
    private Instant? _establishedAt;

    /// <summary>It is established.</summary>
    public void OnEstablished(Instant now, Connection? connection)
    {
        _establishedAt = now;
        meter.OnEstablished(isPassive, now - openedAt);
        if (connection is not null)
        {
            TcpLog.Established(logger, local, connection.LocalPort, connection.RemotePort, remote, now - openedAt);
        }
    }

    /// <summary>It is over.</summary>
    public void OnEnded(Instant now, CloseReason reason, Connection? connection)
    {
        TimeSpan since = now - (_establishedAt ?? openedAt);
        if (_establishedAt is null)
        {
            meter.OnFailed(isPassive, reason, since);
            TcpLog.NotEstablished(logger, local, remote, reason);
            return;
        }

        meter.OnEnded(isPassive, reason, since);
        if (connection is not null)
        {
            ConnectionStatistics done = connection.Statistics;
            TcpLog.Ended(logger, local, connection.LocalPort, connection.RemotePort, remote, reason, done.BytesSent, done.BytesReceived, done.Retransmissions);
        }
    }
}
