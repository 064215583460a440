using System.Diagnostics;

namespace NetLab.Host.Experiments.Reports;

/// <summary>
/// All runs of all experiments that were asked for, as many at once as there are processors: none stands idle while the last run of an experiment
/// goes on. What comes out is the same in whatever order they end.
/// </summary>
internal sealed class RunQueue : IDisposable
{
    private readonly LabRequest _request;
    private readonly CancellationTokenSource _stop;
    private readonly Dictionary<Experiment, TaskCompletionSource<ExperimentResult>[]> _runs = [];
    private readonly Queue<(Experiment Experiment, int Index)> _waiting = [];
    private readonly Dictionary<Experiment, TimeSpan> _work = [];
    private readonly Lock _lock = new();
    private readonly Task _workers;

    /// <summary>Begins to run them, in their order.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public RunQueue(LabRequest request, CancellationToken cancellationToken)
    {
        _request = request;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        foreach (Experiment experiment in request.Experiments)
        {
            int count = CountOf(experiment);
            _runs[experiment] = [.. Enumerable.Range(0, count).Select(_ => new TaskCompletionSource<ExperimentResult>(TaskCreationOptions.RunContinuationsAsynchronously))];
            _work[experiment] = TimeSpan.Zero;
            for (int i = 0; i < count; i++)
            {
                _waiting.Enqueue((experiment, i));
            }
        }

        // What runs on real sockets and the clock on the wall has the machine for itself.
        int workers = request.Experiments.Any(e => e.IsReal) ? 1 : Math.Min(Environment.ProcessorCount, _waiting.Count);
        _workers = Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }

    /// <summary>Waits for an experiment's runs.</summary>
    /// <returns>The runs by seed, and the time they took one after the other.</returns>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    public (IReadOnlyList<ExperimentResult> Runs, TimeSpan Work) Take(Experiment experiment)
    {
        ExperimentResult[] runs = Task.WhenAll(_runs[experiment].Select(r => r.Task)).GetAwaiter().GetResult();
        lock (_lock)
        {
            // Not kept here any longer: a run's log may be large.
            _runs.Remove(experiment);
            return (runs, _work[experiment]);
        }
    }

    /// <summary>Ends what still runs.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _workers.GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private int CountOf(Experiment experiment) => Math.Min(experiment.MaxRuns, _request.Seeds);

    private void Work()
    {
        while (true)
        {
            TaskCompletionSource<ExperimentResult> run;
            (Experiment Experiment, int Index) next;
            lock (_lock)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    return;
                }

                run = _runs[next.Experiment][next.Index];
            }

            long start = Stopwatch.GetTimestamp();
            try
            {
                _stop.Token.ThrowIfCancellationRequested();
                ExperimentResult result = Run(next.Experiment, next.Index);
                lock (_lock)
                {
                    _work[next.Experiment] += Stopwatch.GetElapsedTime(start);
                }

                run.SetResult(result);
            }
            catch (OperationCanceledException)
            {
                run.SetCanceled(_stop.Token);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // Whatever it is, it is told to who waits for this run.
                run.SetException(error);
            }
        }
    }

    private ExperimentResult Run(Experiment experiment, int index)
    {
        bool pictures = index == 0 && (_request.Folder is not null || _request.Report is not null);
        ExperimentResult result = ExperimentRunner.Run(experiment, _request.Seed + (ulong)index, _request.Settings, pictures, _request.Mutation, CountOf(experiment), _stop.Token);

        // What only pictures are made of need not be kept for every seed.
        return index == 0 ? result : result with { Networks = [], Pictures = [], Ladders = [] };
    }
}
