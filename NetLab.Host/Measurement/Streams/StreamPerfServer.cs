using NetLab.Host.Measurement.Reports;

namespace NetLab.Host.Measurement.Streams;

/// <summary>The receiving half of measurements by streams, one at a time.</summary>
internal sealed class StreamPerfServer(StreamPerfListener listener, IPerfObserver observer)
{
    // A stream that says nothing must not keep the next one waiting.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private StreamReceiverSession? _session;

    /// <summary>Serves until cancelled, or until one measurement is over.</summary>
    public async Task RunAsync(bool once, CancellationToken cancellationToken)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (!once || !over.Task.IsCompleted)
        {
            Task<PerfConnection> accepting = listener.AcceptAsync(cancellationToken);
            if (await Task.WhenAny(accepting, once ? over.Task : accepting).ConfigureAwait(false) != accepting)
            {
                return;
            }

            PerfConnection connection = await accepting.ConfigureAwait(false);

            // Each on its own; what goes wrong with one is that one's.
            _ = ServeAsync(connection, over, cancellationToken);
        }
    }

    private async Task ServeAsync(PerfConnection connection, TaskCompletionSource over, CancellationToken cancellationToken)
    {
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                PerfMessage message = await connection.ReadAsync(cancellationToken).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
                if (message.Hello is not { } hello || Join(message.Session, hello) is not { } session)
                {
                    await connection.WriteAsync(new PerfMessage { Refusal = "busy with another measurement, or it is not possible" }, cancellationToken).ConfigureAwait(false);
                    return;
                }

                await connection.WriteAsync(new PerfMessage { Session = session.Id, Ready = true }, cancellationToken).ConfigureAwait(false);
                await ReceiveAsync(connection, session, hello.Stream, over, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or TimeoutException or OperationCanceledException or System.Net.Sockets.SocketException)
            {
                // The other half has gone, or was none: it is its loss, and the next one is served.
            }
        }
    }

    private async Task ReceiveAsync(
        PerfConnection connection, StreamReceiverSession session, int stream, TaskCompletionSource over, CancellationToken cancellationToken)
    {
        // The first stream's server also watches the clock, and brings the report.
        Task<PerfReport>? watching = stream == 0 ? session.WatchAsync(cancellationToken) : null;
        try
        {
            await connection.ReceivePatternAsync(session.CheckOf(stream), cancellationToken).ConfigureAwait(false);
            session.End();
            if (watching is not null)
            {
                PerfReport report = await watching.ConfigureAwait(false);
                observer.OnReceived(report.Received);
                await connection.WriteAsync(new PerfMessage { Session = session.Id, Report = report }, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            session.Break(error);
            throw;
        }
        finally
        {
            if (watching is not null)
            {
                Interlocked.CompareExchange(ref _session, null, session);
                over.TrySetResult();
            }
        }
    }

    private StreamReceiverSession? Join(ulong id, PerfHello hello)
    {
        if (hello.Streams is < 1 or > PerfPlan.MaxStreams || hello.Stream < 0 || hello.Stream >= hello.Streams)
        {
            return null;
        }

        StreamReceiverSession? present = Volatile.Read(ref _session);
        if (present is null)
        {
            var created = new StreamReceiverSession(id, hello, observer.OnInterval);
            present = Interlocked.CompareExchange(ref _session, created, null) ?? created;
        }

        return present.Id == id && hello.Streams == present.Streams ? present : null;
    }
}
