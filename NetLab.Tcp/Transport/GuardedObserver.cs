using System.Net;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Events;

namespace NetLab.Tcp.Transport;

/// <summary>
/// An observer that may throw, though it must not: it is told nothing any more then, and the machine that it watches goes on as if it had
/// never been there.
/// </summary>
internal sealed class GuardedObserver : IConnectionObserver
{
    private readonly ILogger _logger;
    private readonly IPEndPoint _local;
    private IConnectionObserver? _observer;

    private GuardedObserver(IConnectionObserver observer, ILogger logger, IPEndPoint local) => (_observer, _logger, _local) = (observer, logger, local);

    /// <summary>Guards what makes observers, and the observers that it makes.</summary>
    public static Func<ObservedConnection, IConnectionObserver?>? Of(Func<ObservedConnection, IConnectionObserver?>? observe, ILogger logger, IPEndPoint local)
    {
        return observe is null ? null : Observe;

        IConnectionObserver? Observe(ObservedConnection connection)
        {
            try
            {
                return observe(connection) is { } observer ? new GuardedObserver(observer, logger, local) : null;
            }
            catch (Exception error)
            {
                TcpLog.ObserverFailed(logger, local, error);
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public void OnEvent(in ConnectionEvent happened)
    {
        if (_observer is not { } observer)
        {
            return;
        }

        try
        {
            observer.OnEvent(happened);
        }
        catch (Exception error)
        {
            _observer = null;
            TcpLog.ObserverFailed(_logger, _local, error);
        }
    }
}
