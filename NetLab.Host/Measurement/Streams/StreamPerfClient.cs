using System.Diagnostics;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Tcp.Counters;

namespace NetLab.Host.Measurement.Streams;

/// <summary>The sending half of a measurement by streams.</summary>
internal sealed class StreamPerfClient(PerfConnector connector, PerfSettings plan)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly ulong _session = (ulong)Random.Shared.NextInt64();
    private readonly List<PerfConnection> _connections = [];
    private readonly List<PerfIntervalSum> _samples = [];
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
                PerfConnection connection = await connector.ConnectAsync(stream, null, cancellationToken).ConfigureAwait(false);
                _connections.Add(connection);
                var hello = new PerfHello(plan.Streams, plan.SegmentSize, plan.WarmUp.TotalMilliseconds) { Stream = stream, IntervalMs = plan.Interval.TotalMilliseconds };
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
        SendLimitTimes? limitsBefore = Limits();
        SendLimitTimes? limits = limitsBefore;
        long[] resentBefore = [.. _connections.Select(c => c.Retransmissions)];
        string?[] algorithms = [.. _connections.Select(c => c.Congestion)];
        long retransmitted = retransmittedBefore;
        while (!sending.IsCompleted)
        {
            await Task.WhenAny(sending, Task.Delay(plan.Interval, CancellationToken.None)).ConfigureAwait(false);
            long now = Retransmissions();
            limits = Limits() ?? limits;
            _samples.Add(Sample(now - retransmitted));
            retransmitted = now;
        }

        await sending.ConfigureAwait(false);
        double seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        double cpu = processor.Percent;
        string? congestion = string.Join(',', algorithms.OfType<string>().Distinct()) is { Length: > 0 } names ? names : null;
        long[] resent = [.. _connections.Zip(resentBefore, (c, before) => c.Retransmissions - before)];
        var sent = new PerfSent(seconds, Volatile.Read(ref _sent) - counted, 0) { Retransmits = retransmitted - retransmittedBefore };

        // What still has to arrive takes as long as the link takes; a peer that is gone is found out by the transport.
        PerfMessage answer = await _connections[0].ReadAsync(PerfConnection.LongestReport, abort).ConfigureAwait(false);
        PerfReport report = answer.Report ?? throw new IOException("the receiver gave no report");
        return new PerfOutcome(sent, cpu, report with { Intervals = [.. (report.Intervals ?? []).Select(WithSample)] })
        {
            Congestion = congestion,
            Limits = limits is { } after && limitsBefore is { } earlier ? PerfLimits.Between(earlier, after) : null,
            Streams = PerfStream.Of(report, algorithms, resent),
        };
    }

    // Both halves count seconds, each from its own beginning: the n-th piece here is the n-th there.
    private PerfInterval WithSample(PerfInterval interval, int index)
    {
        if (_samples.Count == 0)
        {
            return interval;
        }

        PerfIntervalSum sample = _samples[Math.Min(index, _samples.Count - 1)];
        return new PerfInterval(sample with
        {
            Start = interval.Sum.Start,
            End = interval.Sum.End,
            Bytes = interval.Sum.Bytes,
            Retransmits = index < _samples.Count ? sample.Retransmits : 0,
        });
    }

    // The windows of all streams together; times are the first one's.
    private PerfIntervalSum Sample(long retransmits)
    {
        PerfSenderState[] states = [.. _connections.Select(c => c.State)];
        return new PerfIntervalSum(0, 0)
        {
            Retransmits = retransmits,
            SndCwnd = _connections.Sum(c => c.CongestionWindow),
            SndSsthresh = states.Sum(s => s.SlowStartThreshold),
            InFlight = states.Sum(s => s.InFlight),
            Rtt = (long)_connections[0].RoundTrip.TotalMicroseconds,
            Rttvar = (long)states[0].RoundTripVariation.TotalMicroseconds,
        };
    }

    private SendLimitTimes? Limits()
    {
        SendLimitTimes sum = default;
        foreach (PerfConnection connection in _connections)
        {
            if (connection.Limits is not { } limits)
            {
                return null;
            }

            sum = sum.Add(limits);
        }

        return sum;
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
