using System.Collections.Concurrent;
using NetLab.Host.Measurement.Exchanges;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Streams;

/// <summary>
/// A server of measurements by streams: of several clients at once, each with a report of its own. It receives, or sends where it is asked to, or
/// answers where round trips or connections are measured.
/// </summary>
internal sealed class StreamPerfServer(StreamPerfListener listener, LabTransport transport, IPerfObserver observer)
{
    // A stream that says nothing must not keep the next one waiting, and many of them must not use up everything.
    private const int MostUnknown = 256;

    // Each has a thread's work to do; more would measure each other.
    private const int MostAtOnce = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly PerfMessage Refusal = new() { Refusal = "busy with as many others as it takes, or it is not possible" };

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ExchangeSessions _exchanges = new(MostAtOnce);
    private readonly ConcurrentDictionary<ulong, Running> _running = [];
    private readonly ConcurrentDictionary<ulong, StreamSenderSession> _sending = [];
    private long _answered;
    private int _unknown;
    private int _clients;
    private int _halves;

    /// <summary>Serves until cancelled, or until one client is done, and those that came meanwhile.</summary>
    public async Task RunAsync(bool once, CancellationToken cancellationToken)
    {
        while (!once || !_over.Task.IsCompleted)
        {
            Task<PerfConnection> accepting = listener.AcceptAsync(cancellationToken);
            if (await Task.WhenAny(accepting, once ? _over.Task : accepting).ConfigureAwait(false) != accepting)
            {
                return;
            }

            PerfConnection connection = await accepting.ConfigureAwait(false);
            if (Volatile.Read(ref _unknown) >= MostUnknown)
            {
                connection.Abort();
                continue;
            }

            // Each on its own; what goes wrong with one is that one's.
            _ = ServeAsync(connection, cancellationToken);
        }
    }

    private async Task ServeAsync(PerfConnection connection, CancellationToken cancellationToken)
    {
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                byte[] line = await IdentifyAsync(connection, cancellationToken).ConfigureAwait(false);
                if (Message.Is(line))
                {
                    // Of a measurement of connections: one request each, answered with itself.
                    Interlocked.Increment(ref _answered);
                    await connection.WriteAsync(Message.Bytes, cancellationToken).ConfigureAwait(false);
                    await connection.EndAsync(cancellationToken).ConfigureAwait(false);
                    return;
                }

                PerfMessage message = PerfConnection.Parse(line);
                if (message.Hello is { Mode: not PerfMode.Throughput } exchange)
                {
                    await ExchangeAsync(connection, message, exchange, cancellationToken).ConfigureAwait(false);
                    return;
                }

                if (message.Hello is { Load: { } load } sent)
                {
                    await SendAsync(connection, message.Session, sent, load, cancellationToken).ConfigureAwait(false);
                    return;
                }

                if (message.Hello is not { } hello || Join(message.Session, connection, hello, cancellationToken) is not { } running || !running.Session.TryClaim(hello.Stream))
                {
                    await connection.WriteAsync(Refusal, cancellationToken).ConfigureAwait(false);
                    return;
                }

                await connection.WriteAsync(new PerfMessage { Session = running.Session.Id, Ready = true }, cancellationToken).ConfigureAwait(false);
                await ReceiveAsync(connection, running, hello.Stream, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or TimeoutException or OperationCanceledException or System.Net.Sockets.SocketException or ObjectDisposedException)
            {
                // The other half has gone, or was none: it is its loss, and the next one is served.
                connection.Abort();
            }
        }
    }

    // Round trips and connections are measured by who asks: here is only answered, until that one is done.
    private async Task ExchangeAsync(PerfConnection connection, PerfMessage message, PerfHello hello, CancellationToken cancellationToken)
    {
        if (!_exchanges.TryJoin(message.Session, hello))
        {
            await connection.WriteAsync(Refusal, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            if (hello.Stream == 0)
            {
                observer.OnClient(Interlocked.Increment(ref _clients), connection.Peer, hello);
            }

            using KernelRequestServer? requests = hello.Mode == PerfMode.Connections ? listener.OpenRequests() : null;
            await connection.WriteAsync(new PerfMessage { Ready = true, Port = requests?.Port }, cancellationToken).ConfigureAwait(false);
            var processor = new ProcessorTime();
            await WatchAsync(connection.EchoAsync(cancellationToken), () => connection.Echoed + (requests?.Answered ?? Volatile.Read(ref _answered))).ConfigureAwait(false);
            if (hello.Stream == 0)
            {
                var report = new PerfReport(new PerfReceived(0, 0, 0), processor.Percent, true, 0, 0, []);
                await connection.WriteAsync(new PerfMessage { Report = report }, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _exchanges.Leave(message.Session);
            EndIfIdle();
        }
    }

    private async Task SendAsync(PerfConnection connection, ulong id, PerfHello hello, PerfLoad load, CancellationToken cancellationToken)
    {
        var ready = new PerfMessage { Session = id, Ready = true };
        if (hello.Stream != PerfHello.ControlStream)
        {
            if (_sending.TryGetValue(id, out StreamSenderSession? known) && known.Streams == hello.Streams)
            {
                await connection.WriteAsync(ready, cancellationToken).ConfigureAwait(false);
                if (known.TryAdd(hello.Stream, connection))
                {
                    await known.Completion.ConfigureAwait(false);
                    return;
                }
            }

            await connection.WriteAsync(Refusal, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (hello.Streams is < 1 or > PerfSettings.MaxStreams || load.Settings(transport, hello) is not { } settings || _sending.Count >= MostAtOnce
            || new StreamSenderSession(id, settings) is var session && !_sending.TryAdd(id, session))
        {
            await connection.WriteAsync(Refusal, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            CountHalf(hello);
            observer.OnClient(Interlocked.Increment(ref _clients), connection.Peer, hello);
            await connection.WriteAsync(ready, cancellationToken).ConfigureAwait(false);
            await session.RunAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _sending.TryRemove(id, out _);
            EndIfIdle();
        }
    }

    private bool IsIdle => _running.IsEmpty && _sending.IsEmpty && _exchanges.Count == 0;

    private void CountHalf(PerfHello hello)
    {
        if (hello.IsOneOfTwo)
        {
            Interlocked.Increment(ref _halves);
        }
    }

    private void EndIfIdle()
    {
        if (!IsIdle)
        {
            return;
        }

        if (Volatile.Read(ref _halves) % 2 == 0)
        {
            _over.TrySetResult();
        }
        else
        {
            _ = EndWithoutTheOtherHalfAsync();
        }
    }

    // One way may be over before the other has come.
    private async Task EndWithoutTheOtherHalfAsync()
    {
        await Task.Delay(Patience).ConfigureAwait(false);
        if (IsIdle)
        {
            _over.TrySetResult();
        }
    }

    // Who says nothing for long has gone, and the next one may come.
    private static async Task WatchAsync(Task echoing, Func<long> progress)
    {
        long last = -1;
        while (await Task.WhenAny(echoing, Task.Delay(PerfSettings.Silence, CancellationToken.None)).ConfigureAwait(false) != echoing)
        {
            long now = progress();
            if (now == last)
            {
                throw new TimeoutException("nothing has been asked for a long time");
            }

            last = now;
        }

        await echoing.ConfigureAwait(false);
    }

    private async Task<byte[]> IdentifyAsync(PerfConnection connection, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _unknown);
        try
        {
            return await connection.ReadLineAsync(PerfConnection.LongestHello, cancellationToken).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _unknown);
        }
    }

    private async Task ReceiveAsync(PerfConnection connection, Running running, int stream, CancellationToken cancellationToken)
    {
        try
        {
            // Broken off when any part of the measurement is.
            Task receiving = connection.ReceivePatternAsync(running.Session.CheckOf(stream), cancellationToken);
            if (await Task.WhenAny(receiving, running.Watching).ConfigureAwait(false) == running.Watching)
            {
                await running.Watching.ConfigureAwait(false);
            }

            await receiving.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            running.Session.Break(error);
            throw;
        }

        running.Session.End();
        PerfReport report = await running.Watching.ConfigureAwait(false);
        if (stream == 0)
        {
            // The first stream also brings the report; only then is it over, or when nobody takes it.
            observer.OnReceived(running.Client, report.Received);
            try
            {
                await connection.WriteAsync(new PerfMessage { Session = running.Session.Id, Report = report }, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                EndIfIdle();
            }
        }
    }

    private Running? Join(ulong id, PerfConnection connection, PerfHello hello, CancellationToken cancellationToken)
    {
        if (hello.Streams is < 1 or > PerfSettings.MaxStreams || hello.Stream < 0 || hello.Stream >= hello.Streams)
        {
            return null;
        }

        if (!_running.TryGetValue(id, out Running? present))
        {
            if (_running.Count >= MostAtOnce)
            {
                return null;
            }

            int client = Interlocked.Increment(ref _clients);
            var created = new Running(client, new StreamReceiverSession(id, hello, interval => observer.OnInterval(client, interval)));
            present = _running.GetOrAdd(id, created);
            if (present == created)
            {
                CountHalf(hello);
                observer.OnClient(client, connection.Peer, hello);
                created.Watching = WatchAsync(created, cancellationToken);
            }
        }

        return hello.Streams == present.Session.Streams ? present : null;
    }

    // However it ends, the next measurement may begin.
    private async Task<PerfReport> WatchAsync(Running running, CancellationToken cancellationToken)
    {
        try
        {
            return await running.Session.WatchAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            running.Session.Break(error);
            _running.TryRemove(new KeyValuePair<ulong, Running>(running.Session.Id, running));
            EndIfIdle();
            throw;
        }
        finally
        {
            _running.TryRemove(new KeyValuePair<ulong, Running>(running.Session.Id, running));
        }
    }

    private sealed class Running(int client, StreamReceiverSession session)
    {
        private readonly TaskCompletionSource<PerfReport> _watching = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Which client it is, counted from 1.</summary>
        public int Client { get; } = client;

        public StreamReceiverSession Session { get; } = session;

        /// <summary>Completes with the report; set once, by who created the session.</summary>
        public Task<PerfReport> Watching
        {
            get => _watching.Task;
            set => _ = ForwardAsync(value);
        }

        private async Task ForwardAsync(Task<PerfReport> watching)
        {
            try
            {
                _watching.TrySetResult(await watching.ConfigureAwait(false));
            }
            catch (Exception error)
            {
                _watching.TrySetException(error);

                // Observed here: there may be no stream left that waits for it.
                _ = _watching.Task.Exception;
            }
        }
    }
}
