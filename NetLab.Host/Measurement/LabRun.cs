using System.Diagnostics;
using System.Text.Json;
using NetLab.Host.Measurement.Reports;
using NetLab.Host.Measurement.Saved;

namespace NetLab.Host.Measurement;

/// <summary>A measurement that somebody asked for: <c>nlab perf</c>, side by side, on this machine.</summary>
internal sealed class LabRun(int number, IReadOnlyList<string> commandLine, PerfComparison comparison, RunFolder? folder) : IPerfBoard, IDisposable
{
    /// <summary>How long one may take, whatever ends it otherwise: nobody else can measure meanwhile.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    // Ten minutes of pieces of 50 ms; what is beyond is in the result.
    private const int MaxIntervals = 12_000;

    private readonly List<(string Transport, int Round, PerfIntervalSum Sum)> _intervals = [];
    private readonly CancellationTokenSource _cancelled = new(Longest);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<PerfRun> _runs = [];
    private volatile string? _present;
    private string _transport = "";
    private int _round;
    private volatile Outcome? _outcome;

    /// <summary>Its number, counted from 1.</summary>
    public int Number { get; } = number;

    /// <summary>Completes when it is over, however it ended.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>What was measured, as it is kept; null while it is under way, or if nothing was measured.</summary>
    public SavedRun? Saved => _outcome?.Saved;

    /// <summary>What is to be told of it.</summary>
    public RunDocument Document => _outcome is { } outcome
        ? new(Number, outcome.State, CommandLine, null, outcome.Error, outcome.Result)
        : new(Number, "running", CommandLine, _present, null, null);

    private string CommandLine => $"nlab perf {string.Join(' ', commandLine)}";

    /// <summary>About how long it still takes; at least a second.</summary>
    public TimeSpan Left => TimeSpan.FromSeconds(Math.Max(1, comparison.Seconds - _clock.Elapsed.TotalSeconds));

    /// <summary>Begins.</summary>
    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>Ends it early.</summary>
    public async Task CancelAsync()
    {
        try
        {
            await _cancelled.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // It is over, and forgotten.
        }
    }

    /// <summary>What has been measured so far, piece by piece, with the transport and the round it belongs to.</summary>
    public IReadOnlyList<(string Transport, int Round, PerfIntervalSum Sum)> Intervals
    {
        get
        {
            lock (_intervals)
            {
                return [.. _intervals];
            }
        }
    }

    public void Begin(string transport, int round)
    {
        _present = $"{transport}, round {round} of {comparison.Rounds}";
        lock (_intervals)
        {
            (_transport, _round) = (transport, round);
        }
    }

    public void Interval(PerfInterval interval)
    {
        lock (_intervals)
        {
            if (_intervals.Count < MaxIntervals)
            {
                _intervals.Add((_transport, _round, interval.Sum));
            }
        }
    }

    public void End(PerfRun run) => _present = null;

    public void Dispose() => _cancelled.Dispose();

    private async Task RunAsync()
    {
        try
        {
            await new PerfSideBySide(comparison, this).RunAsync(_runs, _cancelled.Token).ConfigureAwait(false);
            _outcome = Keep(new Outcome("done", null, Measured()));
        }
        catch (OperationCanceledException)
        {
            _outcome = new Outcome("cancelled", null, Measured());
        }
        catch (Exception error)
        {
            // Whoever asks for it hears of it.
            _outcome = new Outcome("failed", error.Message, Measured());
        }
    }

    private SavedRun? Measured() => _runs.Count == 0
        ? null
        : new SavedRun(
            TimeProvider.System.GetUtcNow(),
            commandLine,
            comparison.Link is null ? null : comparison.Seed,
            SavedMachine.Now(),
            new PerfDocument(comparison.LinkText, comparison.Plans[0].SegmentSize, _runs));

    private Outcome Keep(Outcome outcome)
    {
        try
        {
            if (outcome.Saved is { } saved)
            {
                folder?.Write(Number, saved);
            }

            return outcome;
        }
        catch (IOException error)
        {
            // It was measured all the same.
            return outcome with { Error = error.Message };
        }
    }

    private sealed record Outcome(string State, string? Error, SavedRun? Saved)
    {
        public JsonElement? Result { get; } = Saved is null ? null : JsonSerializer.SerializeToElement(Saved.Perf, PerfDocumentJson.Default.PerfDocument);
    }
}
