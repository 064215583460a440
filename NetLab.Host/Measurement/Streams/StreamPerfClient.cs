using System.Diagnostics;
using NetLab.Host.Measurement.Reports;

namespace NetLab.Host.Measurement.Streams;

/// <summary>The sending half of a measurement by streams.</summary>
internal sealed class StreamPerfClient(PerfConnector connector, PerfPlan plan)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly ulong _session = (ulong)Random.Shared.NextInt64();
    private readonly List<PerfConnection> _connections = [];
    private readonly List<(long Retransmits, long Window, long RoundTrip)> _samples = [];
    private long _sent;
    private long _started;

    /// <summary>Measures.</summary>
    /// <exception cref="IOException">Nobody answers there, or the answer is no.</exception>
    public async Task<PerfOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (int stream = 0; stream < plan.Streams; stream++)
            {
                PerfConnection connection = await connector.ConnectAsync(null, cancellationToken).ConfigureAwait(false);
                _connections.Add(connection);
                var hello = new PerfHello(plan.Streams, plan.SegmentSize, plan.WarmUp.TotalMilliseconds) { Stream = stream };
                await connection.WriteAsync(new PerfMessage { Session = _session, Hello = hello }, cancellationToken).ConfigureAwait(false);
                PerfMessage answer = await connection.ReadAsync(PerfConnection.LongestHello, cancellationToken).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
                if (!answer.Ready)
                {
                    throw new IOException($"the receiver refuses: {answer.Refusal ?? "it says nothing"}");
                }
            }

            return await MeasureAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            throw new IOException("the receiver did not answer in time", error);
        }
        finally
        {
            foreach (PerfConnection connection in _connections)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<PerfOutcome> MeasureAsync(CancellationToken cancellationToken)
    {
        // Who interrupts gets a report if the other half still answers, and an end in any case.
        using var abort = new CancellationTokenSource();
        using CancellationTokenRegistration soon = cancellationToken.Register(() => abort.CancelAfter(Grace));
        using CancellationTokenRegistration now = abort.Token.Register(() => _connections.ForEach(c => c.Abort()));
        try
        {
            return await SendAndCollectAsync(abort.Token, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (abort.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private async Task<PerfOutcome> SendAndCollectAsync(CancellationToken abort, CancellationToken cancellationToken)
    {
        _started = Stopwatch.GetTimestamp();
        Task sending = Task.WhenAll(_connections.Select(c => SendAsync(c, abort, cancellationToken)));
        (long counted, long retransmittedBefore, long from) = (0, 0, _started);
        if (plan.WarmUp > TimeSpan.Zero && await Task.WhenAny(sending, Task.Delay(plan.WarmUp, CancellationToken.None)).ConfigureAwait(false) != sending)
        {
            (counted, retransmittedBefore, from) = (Volatile.Read(ref _sent), Retransmissions(), Stopwatch.GetTimestamp());
        }

        var processor = new ProcessorTime();
        long retransmitted = retransmittedBefore;
        while (!sending.IsCompleted)
        {
            await Task.WhenAny(sending, Task.Delay(PerfPlan.Interval, CancellationToken.None)).ConfigureAwait(false);
            long now = Retransmissions();
            _samples.Add((now - retransmitted, _connections.Sum(c => c.CongestionWindow), (long)_connections[0].RoundTrip.TotalMicroseconds));
            retransmitted = now;
        }

        await sending.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        double cpu = processor.Percent;
        string? congestion = _connections[0].Congestion;
        var sent = new PerfSent(seconds, Volatile.Read(ref _sent) - counted, 0) { Retransmits = retransmitted - retransmittedBefore };

        // What still has to arrive takes as long as the link takes; a peer that is gone is found out by the transport.
        PerfMessage answer = await _connections[0].ReadAsync(PerfConnection.LongestReport, abort).ConfigureAwait(false);
        PerfReport report = answer.Report ?? throw new IOException("the receiver gave no report");
        return new PerfOutcome(sent, cpu, report with { Intervals = [.. (report.Intervals ?? []).Select(WithSample)] }) { Congestion = congestion };
    }

    // Both halves count seconds, each from its own beginning: the n-th piece here is the n-th there.
    private PerfInterval WithSample(PerfInterval interval, int index)
    {
        if (_samples.Count == 0)
        {
            return interval;
        }

        (long retransmits, long window, long roundTrip) = _samples[Math.Min(index, _samples.Count - 1)];
        return new PerfInterval(interval.Sum with { Retransmits = index < _samples.Count ? retransmits : 0, SndCwnd = window, Rtt = roundTrip });
    }

    private long Retransmissions() => _connections.Sum(c => c.Retransmissions);

    private Task SendAsync(PerfConnection connection, CancellationToken abort, CancellationToken cancellationToken)
    {
        long each = plan.Bytes == 0 ? long.MaxValue : (plan.Bytes + plan.Streams - 1) / plan.Streams;
        double bytesPerSecond = plan.Rate / 8.0 / plan.Streams;
        long before = 0;
        return connection.SendPatternAsync(MoreAsync, abort);

        async ValueTask<long> MoreAsync(long sent)
        {
            Interlocked.Add(ref _sent, sent - before);
            before = sent;
            while (!cancellationToken.IsCancellationRequested)
            {
                TimeSpan elapsed = Stopwatch.GetElapsedTime(_started);
                if (sent >= each || (plan.Bytes == 0 && elapsed >= plan.WarmUp + plan.Time))
                {
                    break;
                }

                // Paced by what the writer hands over: what is due in the next hundredth of a second, and then that is waited for.
                double due = bytesPerSecond == 0 ? double.MaxValue : (bytesPerSecond * (elapsed.TotalSeconds + 0.01)) - sent;
                if (due >= 1)
                {
                    return (long)Math.Min(each - sent, Math.Min(due, long.MaxValue / 2));
                }

                await Task.Delay(5, CancellationToken.None).ConfigureAwait(false);
            }

            return 0;
        }
    }
}
