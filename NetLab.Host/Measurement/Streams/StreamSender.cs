using System.Diagnostics;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;
using NetLab.Tcp.Counters;

namespace NetLab.Host.Measurement.Streams;

/// <summary>Sends over streams that are open, whichever half opened them, and looks at their windows meanwhile.</summary>
/// <param name="connections">The streams; they stay the caller's.</param>
/// <param name="plan">What is to be sent.</param>
internal sealed class StreamSender(IReadOnlyList<PerfConnection> connections, PerfSettings plan)
{
    private readonly List<PerfIntervalSum> _samples = [];
    private long _sent;
    private long _started;

    /// <summary>Sends, and the end of each stream.</summary>
    /// <param name="abort">Breaks it off.</param>
    /// <param name="stop">Ends it early; what was sent until then is told.</param>
    public async Task<PerfSenderReport> RunAsync(CancellationToken abort, CancellationToken stop)
    {
        _started = Stopwatch.GetTimestamp();
        long acknowledgedBefore = Acknowledged() ?? 0;
        Task sending = Task.WhenAll(connections.Select(c => SendAsync(c, abort, stop)));
        (long counted, long retransmittedBefore, long from) = (0, 0, _started);
        if (plan.WarmUp > TimeSpan.Zero && await Task.WhenAny(sending, Task.Delay(plan.WarmUp, CancellationToken.None)).ConfigureAwait(false) != sending)
        {
            // What was written before and still waits to arrive is sent in the part that is measured, and the receiver counts it there.
            long written = Volatile.Read(ref _sent);
            long arrived = Acknowledged() is { } acknowledged ? Math.Clamp(acknowledged - acknowledgedBefore, 0, written) : written;
            (counted, retransmittedBefore, from) = (arrived, Retransmissions(), Stopwatch.GetTimestamp());
        }

        var processor = new ProcessorTime();
        SendLimitTimes? limitsBefore = Limits();
        SendLimitTimes? limits = limitsBefore;
        long[] resentBefore = [.. connections.Select(c => c.Retransmissions)];
        string?[] algorithms = [.. connections.Select(c => c.Congestion)];
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
        if (_samples.Count == 0)
        {
            // Over before the first interval, or before this thread came to look.
            long now = Retransmissions();
            _samples.Add(Sample(now - retransmitted));
            retransmitted = now;
        }

        double seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        double cpu = processor.Percent;
        var sum = new PerfSent(seconds, Volatile.Read(ref _sent) - counted, 0) { Retransmits = retransmitted - retransmittedBefore };
        return new PerfSenderReport(sum, cpu)
        {
            Limits = limits is { } after && limitsBefore is { } earlier ? PerfLimits.Between(earlier, after) : null,
            Algorithms = algorithms,
            Resent = [.. connections.Zip(resentBefore, (c, before) => c.Retransmissions - before)],
            Samples = _samples,
        };
    }

    // The windows of all streams together; times are the first one's.
    private PerfIntervalSum Sample(long retransmits)
    {
        PerfSenderState[] states = [.. connections.Select(c => c.State)];
        return new PerfIntervalSum(0, 0)
        {
            Retransmits = retransmits,
            SndCwnd = connections.Sum(c => c.CongestionWindow),
            SndSsthresh = states.Sum(s => s.SlowStartThreshold),
            InFlight = states.Sum(s => s.InFlight),
            Rtt = (long)connections[0].RoundTrip.TotalMicroseconds,
            Rttvar = (long)states[0].RoundTripVariation.TotalMicroseconds,
        };
    }

    private SendLimitTimes? Limits()
    {
        SendLimitTimes sum = default;
        foreach (PerfConnection connection in connections)
        {
            if (connection.Limits is not { } limits)
            {
                return null;
            }

            sum = sum.Add(limits);
        }

        return sum;
    }

    private long? Acknowledged() => connections.Aggregate((long?)0, (sum, c) => sum + c.Acknowledged);

    private long Retransmissions() => connections.Sum(c => c.Retransmissions);

    private Task SendAsync(PerfConnection connection, CancellationToken abort, CancellationToken stop)
    {
        long each = plan.Bytes == 0 ? long.MaxValue : (plan.Bytes + plan.Streams - 1) / plan.Streams;
        double bytesPerSecond = plan.Rate / 8.0 / plan.Streams;
        long before = 0;
        return connection.SendPatternAsync(MoreAsync, abort);

        async ValueTask<long> MoreAsync(long sent)
        {
            Interlocked.Add(ref _sent, sent - before);
            before = sent;
            while (!stop.IsCancellationRequested)
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
