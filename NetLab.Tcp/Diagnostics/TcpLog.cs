using System.Net;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Events;

namespace NetLab.Tcp.Diagnostics;

/// <summary>What endpoints write to a log, in the category <see cref="Category"/>. The numbers stay as they are.</summary>
internal static partial class TcpLog
{
    public const string Category = "NetLab.Tcp";

    [LoggerMessage(1, LogLevel.Debug, "{Local}: endpoint bound")]
    public static partial void Bound(ILogger logger, IPEndPoint local);

    [LoggerMessage(2, LogLevel.Debug, "{Local}: endpoint closed")]
    public static partial void Closed(ILogger logger, IPEndPoint local);

    [LoggerMessage(3, LogLevel.Error, "{Local}: endpoint failed; its connections are broken off")]
    public static partial void Failed(ILogger logger, IPEndPoint local, Exception why);

    [LoggerMessage(4, LogLevel.Debug, "{Local}: connection {LocalPort}-{RemotePort} with {Remote} established after {Handshake}")]
    public static partial void Established(ILogger logger, IPEndPoint local, ushort localPort, ushort remotePort, EndPoint? remote, TimeSpan handshake);

    [LoggerMessage(5, LogLevel.Debug, "{Local}: no connection with {Remote}: {Reason}")]
    public static partial void NotEstablished(ILogger logger, IPEndPoint local, EndPoint? remote, CloseReason reason);

    [LoggerMessage(6, LogLevel.Debug, "{Local}: connection {LocalPort}-{RemotePort} with {Remote} ended: {Reason}; {Sent} bytes sent, {Received} received, {Retransmissions} retransmissions")]
    public static partial void Ended(
        ILogger logger, IPEndPoint local, ushort localPort, ushort remotePort, EndPoint? remote, CloseReason reason, long sent, long received, long retransmissions);

    [LoggerMessage(7, LogLevel.Warning, "{Local}: the backlog is full: {Overflows} segments that open connections were answered by cookies or dropped since this was last said")]
    public static partial void BacklogFull(ILogger logger, IPEndPoint local, long overflows);

    [LoggerMessage(8, LogLevel.Warning, "{Local}: the tap failed and is told nothing any more; the connections go on")]
    public static partial void TapFailed(ILogger logger, IPEndPoint local, Exception why);

    [LoggerMessage(9, LogLevel.Warning, "{Local}: an observer failed and is told nothing any more; its connection goes on")]
    public static partial void ObserverFailed(ILogger logger, IPEndPoint local, Exception why);
}
