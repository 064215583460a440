using System.Threading.Channels;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Options;

namespace NetLab.Tcp.Transport;

/// <summary>An endpoint's listening: connections that others open, on their way to whoever accepts them, who hears of its end.</summary>
/// <param name="loop">The endpoint's loop.</param>
/// <param name="demultiplexer">Its machines.</param>
/// <param name="entered">Told, on the loop, of each connection that begins.</param>
internal sealed class EndpointListening(EndpointLoop loop, Demultiplexer demultiplexer, Action<TcpConnection> entered)
{
    private readonly List<(Listener Listener, ChannelWriter<TcpConnection> Accepted)> _open = [];

    /// <summary>Answers connection requests, on the loop before this returns: a SYN that arrives right after finds the listener.</summary>
    /// <param name="port">The TCP port; null for any.</param>
    /// <param name="backlog">How many connections may be half open or not yet accepted.</param>
    /// <param name="accepted">Where they go; completed when the loop ends.</param>
    /// <param name="options">How they behave, by the peer's version of IP.</param>
    /// <exception cref="InvalidOperationException">It does already.</exception>
    /// <exception cref="ObjectDisposedException">The endpoint has ended.</exception>
    public void Begin(ushort? port, int backlog, ChannelWriter<TcpConnection> accepted, (ConnectionOptions IPv4, ConnectionOptions IPv6) options)
    {
        var listener = new Listener(options.IPv4, backlog, peer =>
        {
            var connection = new TcpConnection(loop, peer.ToIPEndPoint(), accepted);
            entered(connection);
            return connection;
        })
        { Port = port, OptionsOfIpv6 = options.IPv6 };

        if (loop.IsCurrent)
        {
            // Of an application that goes on there: to wait for oneself would be for ever.
            BeginNow();
            return;
        }

        var listening = new TaskCompletionSource();
        bool isRunning = loop.TryPost(() =>
        {
            try
            {
                BeginNow();
                listening.TrySetResult();
            }
            catch (InvalidOperationException error)
            {
                listening.TrySetException(error);
            }
        });
        if (!isRunning)
        {
            listening.TrySetException(new ObjectDisposedException(nameof(TcpEndpoint)));
        }

        listening.Task.GetAwaiter().GetResult();

        void BeginNow()
        {
            demultiplexer.Listen(listener);
            _open.Add((listener, accepted));
        }
    }

    /// <summary>Answers no more connection requests for a queue; whoever has not been accepted is reset. On the loop.</summary>
    public void Stop(ChannelWriter<TcpConnection> accepted)
    {
        foreach ((Listener Listener, ChannelWriter<TcpConnection> Accepted) open in _open.Where(o => o.Accepted == accepted).ToList())
        {
            demultiplexer.StopListening(open.Listener);
            _open.Remove(open);
        }
    }

    /// <summary>The loop is over: who accepts learns of it, and of its reason.</summary>
    public void End(Exception? failure)
    {
        foreach ((_, ChannelWriter<TcpConnection> accepted) in _open)
        {
            accepted.TryComplete(failure is null ? null : new IOException($"The endpoint {loop.LocalEndPoint} failed: {failure.Message}", failure));
        }
    }
}
