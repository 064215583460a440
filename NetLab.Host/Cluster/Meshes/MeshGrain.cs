using NetLab.Cluster.Nodes;
using NetLab.Cluster.Work;
using Orleans.Concurrency;

namespace NetLab.Cluster.Meshes;

/// <summary>Has pairs of nodes measure, as many at once as have no host in common.</summary>
[Reentrant]
internal sealed class MeshGrain(LiveNodes nodes, ILocalSiloDetails self, TimeProvider clock) : Grain, IMeshGrain
{
    private const int MaxTries = 4;

    // Whoever asked for the job asks how far it is several times a second; without that it is gone.
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // So long, times the tries, a pair that failed waits: a node that died is known to have after some six seconds.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    // Told apart from other coordinators, also of earlier times: nodes do what the last one that they follow asks for, and nothing else.
    private readonly string _coordinator = Guid.NewGuid().ToString("N");
    private readonly HashSet<string> _followers = [];
    private readonly List<MeshPair> _waiting = [];
    private readonly List<MeshPair> _running = [];
    private readonly HashSet<string> _busy = [];
    private readonly Dictionary<MeshPair, MeshResult> _results = [];
    private readonly Dictionary<MeshPair, (int Count, long Last)> _tries = [];
    private readonly List<MeshFailure> _failures = [];
    private readonly List<string> _notes = [];
    private HashSet<MeshPair> _done = [];
    private string[] _nodes = [];
    private int _total;
    private Task? _work;
    private long _lastAsked;
    private bool _isStopped;

    /// <inheritdoc/>
    public async Task<MeshProgress> ContinueAsync(MeshJob job)
    {
        _lastAsked = clock.GetTimestamp();
        _done = [.. job.Done];
        foreach (MeshPair known in job.Done)
        {
            _results.Remove(known);
        }

        _work ??= RunAsync(job);
        if (_work.IsFaulted)
        {
            await _work;
        }

        return new MeshProgress(
            NodeName.Of(self.SiloAddress), _nodes, [.. _results.Values], _running.Count, _total, [.. _notes], [.. _failures], _work.IsCompleted && !_isStopped);
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        _isStopped = true;
        foreach (SiloAddress node in nodes.All)
        {
            try
            {
                // Nobody is followed then: what is measured ends.
                await nodes.Of(node).FollowAsync("");
            }
            catch (Exception error) when (LiveNodes.IsLost(error))
            {
                _notes.Add($"{NodeName.Of(node)} is gone");
            }
        }

        DeactivateOnIdle();
    }

    private async Task RunAsync(MeshJob job)
    {
        _nodes = job.Nodes.Length > 0 ? job.Nodes : [.. nodes.All.Select(NodeName.Of)];
        MeshPair[] pairs = [.. PairOrder.Of(_nodes, job.Transports)];
        _total = pairs.Length;
        _waiting.AddRange(pairs.Where(p => !_done.Contains(p)));
        List<Task> running = [];
        while (!_isStopped && (_waiting.Count > 0 || running.Count > 0))
        {
            await HaveFollowersAsync();
            GiveUpLost();
            while (!_isStopped && Next() is { } pair)
            {
                _waiting.Remove(pair);
                _running.Add(pair);
                _busy.UnionWith(pair.Hosts);
                running.Add(RunAsync(pair, job));
            }

            await Task.WhenAny([.. running, Task.Delay(Interval, clock)]);
            running.RemoveAll(task => task.IsCompleted);
            if (clock.GetElapsedTime(_lastAsked) > ClientTimeout)
            {
                await StopAsync();
            }
        }
    }

    // A node takes part once it has ended what an earlier coordinator asked it for.
    private async Task HaveFollowersAsync()
    {
        foreach (SiloAddress node in nodes.All.Where(n => _nodes.Contains(NodeName.Of(n)) && !_followers.Contains(NodeName.KeyOf(n))))
        {
            try
            {
                await nodes.Of(node).FollowAsync(_coordinator);
                _followers.Add(NodeName.KeyOf(node));
            }
            catch (Exception error) when (LiveNodes.IsLost(error))
            {
                // Either it is known to be gone soon, or it is asked again.
            }
        }
    }

    private void GiveUpLost()
    {
        HashSet<string> there = [.. nodes.All.Select(NodeName.Of)];
        foreach (MeshPair pair in _waiting.Where(p => !there.Contains(p.From) || !there.Contains(p.To)).ToArray())
        {
            _waiting.Remove(pair);
            string lost = there.Contains(pair.From) ? pair.To : pair.From;
            _failures.Add(new MeshFailure(pair, $"{lost} is gone"));
            string note = $"{lost} is gone: its pairs are left out";
            if (!_notes.Contains(note))
            {
                _notes.Add(note);
            }
        }
    }

    private MeshPair? Next() => _waiting.Find(pair => !pair.Hosts.Any(_busy.Contains)
        && Follower(pair.From) is not null && Follower(pair.To) is not null
        && (!_tries.TryGetValue(pair, out (int Count, long Last) tries) || clock.GetElapsedTime(tries.Last) > RetryDelay * tries.Count));

    private SiloAddress? Follower(string name) => nodes.All.FirstOrDefault(n => NodeName.Of(n) == name && _followers.Contains(NodeName.KeyOf(n)));

    private async Task RunAsync(MeshPair pair, MeshJob job)
    {
        try
        {
            INodeGrain from = nodes.Of(Follower(pair.From)!);
            INodeGrain to = nodes.Of(Follower(pair.To)!);
            DateTimeOffset began = clock.GetUtcNow();
            MeasurementResult result;
            string url = await to.ServeAsync(_coordinator, pair.Transport);
            try
            {
                result = await from.MeasureAsync(_coordinator, url, new Measurement(pair.Transport, job.Words, job.Limit));
            }
            finally
            {
                await StopServingAsync(to);
            }

            DateTimeOffset ended = clock.GetUtcNow();
            _results[pair] = new MeshResult(pair, began, ended, result);
            await ShowAsync(new PairFigures(pair.From, pair.To, pair.Transport, ended, result.Figures));
        }
        catch (Exception error) when (!_results.ContainsKey(pair))
        {
            int count = _tries.GetValueOrDefault(pair).Count + 1;
            _tries[pair] = (count, clock.GetTimestamp());
            string reason = LiveNodes.IsLost(error) ? "a node does not answer" : error.Message;
            if (_isStopped)
            {
                return;
            }

            if (count < MaxTries)
            {
                _notes.Add($"{pair}: {reason}; it is tried again");
                _waiting.Add(pair);
            }
            else
            {
                _failures.Add(new MeshFailure(pair, $"{reason} (after {MaxTries} tries)"));
            }
        }
        finally
        {
            _running.Remove(pair);
            _busy.ExceptWith(pair.Hosts);
        }
    }

    private async Task ShowAsync(PairFigures figures)
    {
        foreach (SiloAddress node in nodes.All)
        {
            try
            {
                await nodes.Of(node).ShowAsync(figures);
            }
            catch (Exception error) when (LiveNodes.IsLost(error))
            {
                // A page that is gone shows nothing; what was measured is kept by whoever asked.
            }
        }
    }

    private async Task StopServingAsync(INodeGrain node)
    {
        try
        {
            await node.StopServingAsync(_coordinator);
        }
        catch (Exception error) when (LiveNodes.IsLost(error))
        {
            // With the node its server is gone.
        }
    }
}
