using NetLab.Host.Measurement;

namespace NetLab.Host.Http;

/// <summary>
/// The measurements of a lab, one at a time: two at once would measure each other. The oldest are forgotten when there are too many.
/// Safe for use by several threads.
/// </summary>
internal sealed class LabRuns : IAsyncDisposable
{
    /// <summary>How many are remembered.</summary>
    public const int Most = 100;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, LabRun> _runs = [];
    private int _last;

    /// <summary>Those that are remembered, the oldest first.</summary>
    public IReadOnlyList<LabRun> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _runs.Values];
            }
        }
    }

    /// <summary>Begins one.</summary>
    /// <returns>Null if another one is under way.</returns>
    public LabRun? TryStart(IReadOnlyList<string> commandLine, PerfComparison comparison)
    {
        lock (_lock)
        {
            if (_runs.Values.Any(r => !r.Completion.IsCompleted))
            {
                return null;
            }

            if (_runs.Count == Most)
            {
                Forget(_runs.Keys.First());
            }

            var run = new LabRun(++_last, commandLine, comparison);
            _runs.Add(run.Number, run);
            run.Start();
            return run;
        }
    }

    /// <summary>One of them; null if there is none.</summary>
    public LabRun? Find(int number)
    {
        lock (_lock)
        {
            return _runs.GetValueOrDefault(number);
        }
    }

    /// <summary>Ends one early if it is under way, and forgets it when it is over: until then it is in nobody's way but a next one's.</summary>
    public void Remove(LabRun run)
    {
        lock (_lock)
        {
            if (run.Completion.IsCompleted)
            {
                Forget(run.Number);
            }
            else
            {
                run.Cancel();
                _ = run.Completion.ContinueWith(_ => Remove(run), TaskScheduler.Default);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (LabRun run in All)
        {
            if (!run.Completion.IsCompleted)
            {
                run.Cancel();
                await run.Completion.ConfigureAwait(false);
            }
        }
    }

    private void Forget(int number)
    {
        if (_runs.Remove(number, out LabRun? run))
        {
            run.Dispose();
        }
    }
}
