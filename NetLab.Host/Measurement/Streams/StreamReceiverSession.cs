using System.Diagnostics;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Settings;

namespace NetLab.Host.Measurement.Streams;

/// <summary>One measurement at its receiver: the streams that belong to it, and what came by them.</summary>
internal sealed class StreamReceiverSession
{
    private readonly PatternCheck[] _checks;
    private readonly TimeSpan _warmUp;
    private readonly TimeSpan _interval;
    private readonly Action<PerfInterval> _onInterval;
    private readonly List<PerfInterval> _intervals = [];
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int[] _claimed;
    private int _open;
    private long _firstAt;
    private long _endedAt;

    public StreamReceiverSession(ulong id, PerfHello hello, Action<PerfInterval> onInterval)
    {
        Id = id;
        _warmUp = TimeSpan.FromMilliseconds(Math.Clamp(hello.WarmUpMs, 0, TimeSpan.FromDays(1).TotalMilliseconds));
        _onInterval = onInterval;
        _interval = hello.Interval;
        _open = hello.Streams;
        _claimed = new int[hello.Streams];
        _checks = [.. Enumerable.Range(0, hello.Streams).Select(_ => new PatternCheck
        {
            OnFirst = () => Interlocked.CompareExchange(ref _firstAt, Stopwatch.GetTimestamp(), 0),
        })];
    }

    public ulong Id { get; }

    public int Streams => _checks.Length;

    /// <summary>Takes a stream's place, which only one connection may.</summary>
    public bool TryClaim(int stream) => Interlocked.Exchange(ref _claimed[stream], 1) == 0;

    /// <summary>The check of one stream.</summary>
    public PatternCheck CheckOf(int stream) => _checks[stream];

    /// <summary>One of the streams has ended.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _endedAt = Stopwatch.GetTimestamp();
            _complete.TrySetResult();
        }
    }

    /// <summary>The measurement is broken off.</summary>
    public void Break(Exception error) => _complete.TrySetException(error);

    /// <summary>Looks at the counts now and then, until all streams have ended.</summary>
    public async Task<PerfReport> WatchAsync(CancellationToken cancellationToken)
    {
        long progressAt = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref _firstAt) == 0 && !_complete.Task.IsCompleted)
        {
            await Task.WhenAny(_complete.Task, Task.Delay(10, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(progressAt) > PerfSettings.Silence)
            {
                throw new TimeoutException("no stream said anything");
            }
        }

        if (_firstAt == 0)
        {
            await _complete.Task.ConfigureAwait(false);
            return new PerfReport(new PerfReceived(0, 0, 0), 0, true, 0, 0, []);
        }

        // What comes in the warm-up is not counted; if all comes in it, the stream was too short to have one.
        TimeSpan left = _warmUp - Stopwatch.GetElapsedTime(_firstAt);
        if (left > TimeSpan.Zero)
        {
            await Task.WhenAny(_complete.Task, Task.Delay(left, cancellationToken)).ConfigureAwait(false);
        }

        bool tooShort = _complete.Task.IsCompleted;
        bool fromTheFirst = tooShort || _warmUp == TimeSpan.Zero;
        long start = fromTheFirst ? _firstAt : Stopwatch.GetTimestamp();
        long[] beforeEach = [.. _checks.Select(c => fromTheFirst ? 0 : c.Bytes)];
        long before = beforeEach.Sum();
        var processor = new ProcessorTime();
        (double at, long bytes) = (0, before);
        progressAt = Stopwatch.GetTimestamp();
        while (!_complete.Task.IsCompleted)
        {
            await Task.WhenAny(_complete.Task, Task.Delay(_interval, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            long last = bytes;
            (at, bytes) = Report(at, bytes, start);
            progressAt = bytes > last ? Stopwatch.GetTimestamp() : progressAt;
            if (Stopwatch.GetElapsedTime(progressAt) > PerfSettings.Silence)
            {
                throw new TimeoutException("the streams stand still");
            }
        }

        await _complete.Task.ConfigureAwait(false);
        double cpu = processor.Percent;
        if (Total() > bytes)
        {
            // What came in the moment between the last look and the end.
            Report(at, bytes, start);
        }

        double seconds = Stopwatch.GetElapsedTime(start, _endedAt).TotalSeconds;
        var received = new PerfReceived(seconds, Total() - before, 0);
        return new PerfReport(received, cpu, _checks.All(c => c.IsIntact), 0, _intervals.Count, [.. _intervals]) { StreamBytes = [.. _checks.Zip(beforeEach, (c, b) => c.Bytes - b)] };
    }

    private (double At, long Bytes) Report(double at, long bytes, long start)
    {
        long total = Total();
        double now = Stopwatch.GetElapsedTime(start, _complete.Task.IsCompleted ? _endedAt : Stopwatch.GetTimestamp()).TotalSeconds;
        var interval = new PerfInterval(new PerfIntervalSum(at, now) { Bytes = total - bytes });
        _intervals.Add(interval);
        _onInterval(interval);
        return (now, total);
    }

    private long Total() => _checks.Sum(c => c.Bytes);
}
