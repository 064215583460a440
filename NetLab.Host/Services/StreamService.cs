using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>
/// A service on byte streams: listens before the next service starts, serves each stream on its own. When there are too many, or
/// memory runs short, those that have been idle for long make room for who comes.
/// </summary>
/// <param name="kind">What it is, for the log.</param>
/// <param name="address">Where it listens.</param>
/// <param name="options">How its streams are set up.</param>
/// <param name="loggers">Where it writes to its log.</param>
/// <param name="serve">Serves a stream.</param>
internal sealed class StreamService(string kind, LabAddress address, StreamOptions options, ILoggerFactory loggers, StreamServing serve) : BackgroundService, IBoundService
{
    /// <summary>Streams at once: each costs a few KiB, and at worst what its windows hold.</summary>
    public const int MaxStreams = 10_000;

    // Of the clients in a document.
    private const int MaxShown = 100;

    // From three quarters of the memory on, a stream makes room for each that comes, and a second one until there is some to spare.
    private const int TightShare = 4;
    private const int RoomForEach = 2;

    private readonly ILogger _logger = loggers.CreateLogger<StreamService>();
    private readonly ServedStreams _streams = new();
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
        new("connections_open", _streams.Count) { IsLevel = true },
        new("connections_accepted", Interlocked.Read(ref _accepted)),
        new("connections_let_go", Interlocked.Read(ref _letGo)),
        new("connections_refused", _listener?.Refused ?? 0),
        new("bytes", Interlocked.Read(ref _moved)),
        .. _listener?.Memory is { } memory ? MemoryCounts.Of(memory) : [],
    ];

    /// <inheritdoc/>
    public IReadOnlyList<ServiceClient> Clients =>
        [.. _streams.Busiest(MaxShown).Select(s => new ServiceClient(s.Stream.RemoteEndPoint.ToString(), [new("bytes", s.Moved)]))];

    // Of the kernel's streams the system holds the bytes.
    private bool IsTight => options.Memory is { } memory && _listener?.Memory is not null && memory.Used > memory.Limit / TightShare * (TightShare - 1);

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
                await StreamSlots.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            _accepted++;
            MakeRoom();
            var served = new ServedStream(stream, TimeProvider.System);
            _streams.Add(served);

            // Not awaited: streams are served side by side, and what goes wrong with one stays with it.
            _ = ServeAsync(served, stoppingToken);
        }
    }

    private void MakeRoom()
    {
        for (int i = 0; i < RoomForEach && (_streams.Count >= MaxStreams || IsTight) && _streams.RemoveIdle() is { } idle; i++)
        {
            Interlocked.Increment(ref _letGo);
            idle.Stream.Abort();
        }
    }

    private async Task ServeAsync(ServedStream served, CancellationToken stoppingToken)
    {
        LabStream stream = served.Stream;
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                await serve(
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
                _streams.Remove(served);
            }
        }
    }
}
