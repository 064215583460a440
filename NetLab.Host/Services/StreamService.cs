using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>
/// A service on byte streams: listens before the next service starts, serves each stream on its own. When there are too many, the
/// one that has been idle for longest makes room.
/// </summary>
internal sealed class StreamService(string kind, LabAddress address, StreamOptions options, ILoggerFactory loggers) : BackgroundService, IBoundService
{
    /// <summary>Streams at once: each costs a few KiB, and at worst what its windows hold.</summary>
    public const int MaxStreams = 10_000;

    // As caches do it: the idlest of a few is idle enough, and nobody has to keep them in order.
    private const int Sample = 16;

    private readonly ILogger _logger = loggers.CreateLogger<StreamService>();
    private readonly ConcurrentDictionary<ServedStream, bool> _streams = [];
    private StreamListener? _listener;
    private long _accepted;
    private long _letGo;
    private long _moved;

    /// <inheritdoc/>
    public LabAddress BoundAddress => _listener?.Address ?? address;

    /// <inheritdoc/>
    public Task Completion => ExecuteTask ?? Task.CompletedTask;

    /// <inheritdoc/>
    public IReadOnlyList<ServiceCount> Counts =>
    [
        new("connections_open", _streams.Count),
        new("connections_accepted", Interlocked.Read(ref _accepted)),
        new("connections_let_go", Interlocked.Read(ref _letGo)),
        new("connections_refused", _listener?.Refused ?? 0),
        new("bytes", Interlocked.Read(ref _moved)),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ServiceClient> Clients =>
        [.. _streams.Keys.OrderByDescending(s => s.Moved).Take(100).Select(s => new ServiceClient(s.Stream.RemoteEndPoint.ToString(), [new("bytes", s.Moved)]))];

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _listener = StreamListener.Bind(address, options);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_listener is not null)
        {
            await _listener.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            LabStream stream;
            try
            {
                stream = await _listener!.AcceptAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException error)
            {
                // Such as too many open files: those who are served go on, and there may be room again later.
                _logger.LogWarning("{Kind}: a stream could not be accepted: {Why}", kind, error.Message);
                await Task.Delay(100, stoppingToken).ConfigureAwait(false);
                continue;
            }

            _accepted++;
            if (_streams.Count >= MaxStreams)
            {
                MakeRoom();
            }

            var served = new ServedStream(stream);
            _streams.TryAdd(served, true);

            // Not awaited: streams are served side by side, and what goes wrong with one stays with it.
            _ = ServeAsync(served, stoppingToken);
        }
    }

    private void MakeRoom()
    {
        ServedStream? idlest = _streams.Keys.Skip(Random.Shared.Next(MaxStreams - Sample)).Take(Sample).MinBy(s => s.LastMoved);
        if (idlest is not null && _streams.TryRemove(idlest, out _))
        {
            Interlocked.Increment(ref _letGo);
            idlest.Stream.Abort();
        }
    }

    private async Task ServeAsync(ServedStream served, CancellationToken stoppingToken)
    {
        LabStream stream = served.Stream;
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                await SimpleProtocols.ServeAsync(
                    kind,
                    stream,
                    bytes =>
                    {
                        served.Count(bytes);
                        Interlocked.Add(ref _moved, bytes);
                    },
                    stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ConnectionAbortedException or ObjectDisposedException)
            {
                // The peer went away, or we do: an ordinary end of a conversation.
                stream.Abort();
            }
            catch (Exception error)
            {
                stream.Abort();
                _logger.LogError(error, "{Kind}: a stream from {Peer} failed", kind, stream.RemoteEndPoint);
            }
            finally
            {
                _streams.TryRemove(served, out _);
            }
        }
    }

    private sealed class ServedStream(LabStream stream)
    {
        public LabStream Stream { get; } = stream;

        public long LastMoved { get; private set; } = Environment.TickCount64;

        public long Moved { get; private set; }

        public void Count(long bytes)
        {
            Moved += bytes;
            LastMoved = Environment.TickCount64;
        }
    }
}
