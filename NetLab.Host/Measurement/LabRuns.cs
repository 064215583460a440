using NetLab.Host.Measurement.Saved;

namespace NetLab.Host.Measurement;

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
    private LabRun? _underWay;
    private int _last;
    private RunFolder? _folder;
    private bool _closed;

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

    /// <summary>Those of the folder that are not remembered besides.</summary>
    public IReadOnlyList<int> Kept
    {
        get
        {
            lock (_lock)
            {
                return [.. (_folder?.Numbers() ?? []).Where(n => !_runs.ContainsKey(n))];
            }
        }
    }

    /// <summary>The folder where they are kept; null for none.</summary>
    public RunFolder? Folder => _folder;

    /// <summary>Keeps them in a folder from now on, and goes on from the numbers of those that are there.</summary>
    public void KeepIn(RunFolder folder)
    {
        lock (_lock)
        {
            _folder = folder;
            _last = folder.Numbers() is [.., var last] ? last : 0;
        }
    }

    /// <summary>Begins one.</summary>
    /// <param name="commandLine">What was asked for.</param>
    /// <param name="comparison">The same, understood.</param>
    /// <param name="wait">How long to wait, if another one is under way.</param>
    /// <returns>Null if another one is under way.</returns>
    public LabRun? TryStart(IReadOnlyList<string> commandLine, PerfComparison comparison, out TimeSpan wait)
    {
        lock (_lock)
        {
            wait = _underWay is { Completion.IsCompleted: false } running ? running.Left : TimeSpan.FromSeconds(1);
            if (_closed || _underWay is { Completion.IsCompleted: false })
            {
                return null;
            }

            if (_runs.Count == Most)
            {
                _runs.Remove(_runs.Keys.First(), out LabRun? oldest);
                oldest!.Dispose();
            }

            _underWay = new LabRun(++_last, commandLine, comparison, _folder);
            _runs.Add(_underWay.Number, _underWay);
            _underWay.Start();
            return _underWay;
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

    /// <summary>Forgets one. If it is under way it ends early, and is in the way of a next one until then.</summary>
    public async Task RemoveAsync(LabRun run)
    {
        lock (_lock)
        {
            _runs.Remove(run.Number);
        }

        _folder?.Delete(run.Number);
        await run.CancelAsync().ConfigureAwait(false);
        _ = run.Completion.ContinueWith(_ => run.Dispose(), TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        LabRun? underWay;
        lock (_lock)
        {
            (_closed, underWay) = (true, _underWay);
        }

        if (underWay is { Completion.IsCompleted: false })
        {
            await underWay.CancelAsync().ConfigureAwait(false);
            await underWay.Completion.ConfigureAwait(false);
        }
    }
}
