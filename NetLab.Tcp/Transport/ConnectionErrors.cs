using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NetLab.Tcp.Events;

namespace NetLab.Tcp.Transport;

/// <summary>The end of a connection as an exception of .NET's own, from which applications tell a reset, a timeout and an abort apart.</summary>
internal static class ConnectionErrors
{
    /// <summary>The exception of a reason.</summary>
    /// <param name="reason">Why the connection ended.</param>
    /// <param name="abort">What the application gave as its reason, if it aborted.</param>
    public static Exception Of(CloseReason reason, ConnectionAbortedException? abort) => reason switch
    {
        CloseReason.Reset => new ConnectionResetException("The peer reset the connection."),
        CloseReason.Refused => new SocketException((int)SocketError.ConnectionRefused),
        CloseReason.TimedOut => new IOException("The peer did not answer in time.", new SocketException((int)SocketError.TimedOut)),
        _ => abort ?? new ConnectionAbortedException("The connection was aborted on this side."),
    };
}
