using System.Net;
using System.Net.Sockets;
using NetLab.Host.Experiments.Networks;
using NetLab.Tcp.Events;
using NetLab.Udp.Time;

namespace NetLab.Host.Live;

/// <summary>UDP on real sockets: the client sends a datagram every 20 ms and forgets it, and the server counts what comes.</summary>
/// <param name="settings">Bytes to send, and the link whose delay the last one takes.</param>
internal sealed class LiveDatagrams(LiveSettings settings) : ILiveCarrier
{
    private const int DatagramLength = 1200;

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
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
        _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)_server.LocalEndPoint!;
    }

    /// <inheritdoc/>
    public async Task RunAsync(IPEndPoint relay, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task counting = CountAsync(ending.Token);
        await _client.ConnectAsync(relay, cancellationToken).ConfigureAwait(false);
        using var every = new PeriodicTimer(Every);
        byte[] datagram = new byte[DatagramLength];
        for (int left = settings.Bytes; left > 0; left -= DatagramLength)
        {
            ReadOnlyMemory<byte> next = datagram.AsMemory(0, Math.Min(left, DatagramLength));

            // Told first: the link must not hear of it before.
            Sent(MonotonicClock.Shared.Now, true, next.Span);
            await _client.SendAsync(next, cancellationToken).ConfigureAwait(false);
            await every.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }

        // Nobody says that the last one has come, or never will: silence does.
        TimeSpan patience = Silence + settings.Description().Up.Delay;
        long seen;
        do
        {
            seen = Delivered;
            await Task.Delay(patience, cancellationToken).ConfigureAwait(false);
        }
        while (Delivered != seen);
        await ending.CancelAsync().ConfigureAwait(false);
        await counting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        byte[] datagram = new byte[DatagramLength];
        while (true)
        {
            Interlocked.Add(ref _delivered, await _server.ReceiveAsync(datagram, cancellationToken).ConfigureAwait(false));
        }
    }
}
