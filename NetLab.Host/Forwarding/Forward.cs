using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Forwarding;

/// <summary>
/// A bridge between two transports: takes streams or datagrams at one address and passes them on to another, both ways. Half close, reset
/// and back-pressure pass through where both sides know them; where one side is datagrams, a piece of the stream is a datagram.
/// </summary>
internal sealed class Forward : IAsyncDisposable
{
    // Beyond that many the newest is refused: each costs a connection on either side.
    private const int MaxConnections = 20_000;

    // What is over is remembered for the summary, but not for ever.
    private const int MaxRemembered = 1000;

    private readonly ForwardSettings _settings;
    private readonly IForwardSource _source;
    private readonly IForwardTarget _target;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ForwardConnection, Task> _open = [];
    private readonly ConcurrentQueue<ForwardConnection> _over = [];
    private long _accepted;
    private long _bytesUp;
    private long _bytesDown;
    private long _failed;
    private long _refused;

    private Forward(ForwardSettings settings, IForwardSource source, IForwardTarget target)
    {
        (_settings, _source, _target) = (settings, source, target);
        _logger = settings.Streams.Loggers.CreateLogger<Forward>();
    }

    /// <summary>Where it listens, with the port the system chose.</summary>
    public LabAddress Address => _source.Address;

    /// <summary>Connections that were accepted.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Those that could not be passed on, or that broke.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Those that were turned away, as there were too many.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Bytes from all clients to the target.</summary>
    public long BytesUp => Interlocked.Read(ref _bytesUp);

    /// <summary>Bytes from the target to all clients.</summary>
    public long BytesDown => Interlocked.Read(ref _bytesDown);

    /// <summary>How many are open now.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Connections that are open now.</summary>
    public IReadOnlyCollection<ForwardConnection> Open => [.. _open.Keys];

    /// <summary>The last ones that are over.</summary>
    public IReadOnlyCollection<ForwardConnection> Over => [.. _over];

    /// <summary>Binds a forward; it passes nothing on before <see cref="RunAsync"/>.</summary>
    /// <exception cref="UsageException">The address is taken or not this machine's.</exception>
    public static Forward Bind(ForwardSettings settings) => Bind(settings, TargetOf(settings));

    /// <summary>Binds a forward to a target of any kind.</summary>
    /// <exception cref="UsageException">The address is taken or not this machine's.</exception>
    public static Forward Bind(ForwardSettings settings, IForwardTarget target) =>
        new(settings, settings.From.IsStream ? new StreamSource(settings) : new DatagramSource(settings), target);

    /// <summary>The target that settings name.</summary>
    public static IForwardTarget TargetOf(ForwardSettings settings) => settings.To.IsStream ? new StreamTarget(settings) : new DatagramTarget(settings);

    /// <summary>Passes things on until it is told to stop.</summary>
    /// <exception cref="IOException">The listener has failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        while (true)
        {
            IForwardLeg client;
            try
            {
                client = await _source.AcceptAsync(stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException error)
            {
                // Such as too many open files: those who are connected go on, and there may be room again later.
                _logger.LogWarning("{Address}: a connection could not be accepted: {Why}", Address, error.Message);
                await StreamSlots.WaitAsync(stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }

            Interlocked.Increment(ref _accepted);
            if (_open.Count >= MaxConnections)
            {
                Interlocked.Increment(ref _refused);
                client.Abort();
                await client.DisposeAsync().ConfigureAwait(false);
                continue;
            }

            var connection = new ForwardConnection(client.Peer, DateTimeOffset.Now);
            _settings.OnOpened?.Invoke(connection);
            _open.TryAdd(connection, Task.CompletedTask);
            _open[connection] = ServeAsync(connection, client, stopping.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_open.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _source.DisposeAsync().ConfigureAwait(false);
        await _target.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task ServeAsync(ForwardConnection connection, IForwardLeg client, CancellationToken cancellationToken)
    {
        // Not on the loop that accepts: whoever comes next does not wait until this one is connected.
        await Task.Yield();
        try
        {
            await using (client.ConfigureAwait(false))
            {
                await PassOnAsync(connection, client, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            Interlocked.Increment(ref _failed);
            connection.Failure = error is OperationCanceledException ? "stopped" : error.Message;
        }

        connection.Closed = DateTimeOffset.Now;
        _open.TryRemove(connection, out _);
        _over.Enqueue(connection);
        while (_over.Count > MaxRemembered)
        {
            _over.TryDequeue(out _);
        }

        _settings.OnClosed?.Invoke(connection);
    }

    private async Task PassOnAsync(ForwardConnection connection, IForwardLeg client, CancellationToken cancellationToken)
    {
        IForwardLeg server;
        try
        {
            server = await _target.OpenAsync(client.Peer, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            client.Abort();
            throw;
        }

        await using (server.ConfigureAwait(false))
        {
            Task up = PumpAsync(
                client,
                server,
                bytes =>
                {
                    connection.CountUp(bytes);
                    Interlocked.Add(ref _bytesUp, bytes);
                },
                cancellationToken);
            Task down = PumpAsync(
                server,
                client,
                bytes =>
                {
                    connection.CountDown(bytes);
                    Interlocked.Add(ref _bytesDown, bytes);
                },
                cancellationToken);
            try
            {
                // The end of one direction is a half close, which its pump passes on; an error in either ends both.
                await (await Task.WhenAny(up, down).ConfigureAwait(false)).ConfigureAwait(false);
                await Task.WhenAll(up, down).ConfigureAwait(false);
            }
            catch
            {
                client.Abort();
                server.Abort();
                await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }

    private static async Task PumpAsync(IForwardLeg from, IForwardLeg to, Action<long> count, CancellationToken cancellationToken)
    {
        while (true)
        {
            System.IO.Pipelines.ReadResult read = await from.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> piece in read.Buffer)
            {
                if (!await to.SendAsync(piece, cancellationToken).ConfigureAwait(false))
                {
                    throw new ConnectionResetException("the other side takes no more");
                }

                count(piece.Length);
            }

            from.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                await to.CompleteAsync().ConfigureAwait(false);
                return;
            }
        }
    }
}
