using System.IO.Pipelines;
using System.Net;
using NetLab.Host.Experiments.Networks;
using NetLab.Host.Settings;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;
using NetLab.Udp.Time;

namespace NetLab.Host.Live;

/// <summary>NetLab's TCP on real sockets: the client opens a connection, sends its bytes and closes, and so does the server at its end.</summary>
/// <param name="settings">Congestion control, and bytes to send.</param>
internal sealed class LiveStream(LiveSettings settings) : ILiveCarrier
{
    private const int PieceLength = 16 << 10;

    private TcpEndpoint? _server;
    private TcpConnectionListener? _listener;
    private TcpEndpoint? _client;
    private long _delivered;

    /// <inheritdoc/>
    public ILiveCarrier.SentHandler Sent { get; set; } = (_, _, _) => { };

    /// <inheritdoc/>
    public Action<bool, Instant, ConnectionState> StateChanged { get; set; } = (_, _, _) => { };

    /// <inheritdoc/>
    public Action<bool, FlowSample> Sampled { get; set; } = (_, _) => { };

    /// <inheritdoc/>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <inheritdoc/>
    public IPEndPoint Listen()
    {
        _server = Bind(atClient: false);
        _listener = _server.Listen();
        return _server.LocalEndPoint;
    }

    /// <inheritdoc/>
    public async Task RunAsync(IPEndPoint relay, CancellationToken cancellationToken)
    {
        _client = Bind(atClient: true);
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task serving = ServeAsync(failing.Token);
        try
        {
            await SendAsync(await _client.ConnectAsync(relay, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            await serving.ConfigureAwait(false);
        }
        finally
        {
            await failing.CancelAsync().ConfigureAwait(false);
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync().ConfigureAwait(false);
        }

        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task SendAsync(TcpConnection connection, CancellationToken cancellationToken)
    {
        await using (connection.ConfigureAwait(false))
        {
            byte[] piece = new byte[PieceLength];
            for (int left = settings.Bytes; left > 0;)
            {
                int length = Math.Min(left, piece.Length);
                if ((await connection.Transport.Output.WriteAsync(piece.AsMemory(0, length), cancellationToken).ConfigureAwait(false)).IsCompleted)
                {
                    break;
                }

                left -= length;
            }

            await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
            await ReadAsync(connection.Transport.Input, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        if (await _listener!.AcceptAsync(cancellationToken).ConfigureAwait(false) is not { } connection)
        {
            return;
        }

        await using (connection.ConfigureAwait(false))
        {
            await ReadAsync(connection.Transport.Input, bytes => Interlocked.Add(ref _delivered, bytes), cancellationToken).ConfigureAwait(false);
            await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static async Task ReadAsync(PipeReader input, Action<long>? onBytes, CancellationToken cancellationToken)
    {
        ReadResult result;
        do
        {
            result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            onBytes?.Invoke(result.Buffer.Length);
            input.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);
    }

    private TcpEndpoint Bind(bool atClient) => TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), new TcpEndpointOptions
    {
        Connection = new ConnectionOptions
        {
            Congestion = CongestionNames.Parse(settings.Congestion),
            Observe = _ => new LiveEndObserver((at, state) => StateChanged(atClient, at, state), sample => Sampled(atClient, sample)),
        },
        Tap = (at, datagram, _, sent) =>
        {
            if (sent)
            {
                Sent(at, atClient, datagram);
            }
        },
    });
}
