using NetLab.Cluster.Nodes;
using NetLab.Cluster.Work;
using Orleans.Concurrency;

namespace NetLab.Cluster.Decoding;

/// <summary>Hands the pieces of a decode out: one a node at a time, those of a node that died to the others.</summary>
[Reentrant]
internal sealed class DecodeGrain(LiveNodes nodes, ILocalSiloDetails self, TimeProvider clock) : Grain, IDecodeGrain
{
    // A piece that as many tries failed is said to be one that cannot be decoded.
    private const int MaxTries = 3;

    // Whoever asked for the job asks how far it is twice a second; without that it is gone.
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // A node that a call has just failed at is either gone, which is known soon, or worth another try.
    private static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, string?> _done = [];
    private readonly Dictionary<int, SiloAddress> _running = [];
    private readonly Dictionary<int, List<SiloAddress>> _tries = [];
    private readonly Dictionary<SiloAddress, long> _suspects = [];
    private readonly Dictionary<int, string> _failures = [];
    private readonly List<string> _notes = [];
    private Queue<DecodeShard> _waiting = [];
    private DecodeJob? _job;
    private Task? _work;
    private long _lastAsked;
    private bool _isStopped;

    /// <inheritdoc/>
    public async Task<DecodeProgress> ContinueAsync(DecodeJob job)
    {
        _lastAsked = clock.GetTimestamp();
        if (_work is null || (_work.IsCompleted && _isStopped))
        {
            _isStopped = false;
            _job = job;
            _work = RunAsync(job);
        }

        if (_work.IsFaulted)
        {
            await _work;
        }

        if (_work.IsCompleted)
        {
            // Whoever asks next may have removed the tables: what is done is read in the folder, and not remembered.
            DeactivateOnIdle();
        }

        return new DecodeProgress(
            NodeName.Of(self.SiloAddress), nodes.All.Count, _done.Count, _running.Count, _job!.Shards.Count, [.. _notes],
            [.. _done.Values.OfType<string>()], [.. _failures.Values], _work.IsCompleted && !_isStopped);
    }

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        _isStopped = true;
        if (_job is { } job)
        {
            await Task.WhenAll(nodes.All.Select(async node =>
            {
                try
                {
                    await nodes.Of(node).StopDecodingAsync(job.Id);
                }
                catch (Exception error) when (LiveNodes.IsLost(error))
                {
                    // A node that is gone has stopped.
                }
            }));
        }

        DeactivateOnIdle();
    }

    private async Task RunAsync(DecodeJob job)
    {
        foreach ((int index, string? warning) in await Task.Run(() => ShardFolder.DoneOf(job.Folder)))
        {
            _done[index] = warning;
        }

        _waiting = new Queue<DecodeShard>(job.Shards.Where(s => !_done.ContainsKey(s.Index)));
        List<Task> running = await AdoptAsync(job);
        while (!_isStopped && (_waiting.Count > 0 || running.Count > 0))
        {
            foreach (SiloAddress node in nodes.All.Where(n => !_running.ContainsValue(n) && !IsSuspect(n)))
            {
                if (Next(node) is { } shard)
                {
                    running.Add(RunAsync(shard, node));
                }
            }

            await Task.WhenAny([.. running, Task.Delay(Interval, clock)]);
            running.RemoveAll(task => task.IsCompleted);
            if (clock.GetElapsedTime(_lastAsked) > ClientTimeout)
            {
                await StopAsync();
            }
        }

        if (!_isStopped)
        {
            await Task.Run(() => ShardFolder.RemoveAttempts(job.Folder));
        }
    }

    // What nodes still decode for a coordinator that is gone is theirs to complete.
    private async Task<List<Task>> AdoptAsync(DecodeJob job)
    {
        List<Task> running = [];
        foreach (SiloAddress node in nodes.All)
        {
            try
            {
                foreach (int index in await nodes.Of(node).DecodingAsync(job.Id))
                {
                    if (_waiting.FirstOrDefault(s => s.Index == index) is { } shard)
                    {
                        _waiting = new Queue<DecodeShard>(_waiting.Where(s => s != shard));
                        running.Add(RunAsync(shard, node));
                    }
                }
            }
            catch (Exception error) when (LiveNodes.IsLost(error))
            {
                Suspect(node);
            }
        }

        return running;
    }

    // One that did not fail at this node, unless it failed at all of them.
    private DecodeShard? Next(SiloAddress node)
    {
        for (int i = _waiting.Count; i > 0; i--)
        {
            DecodeShard shard = _waiting.Dequeue();
            if (!_tries.TryGetValue(shard.Index, out List<SiloAddress>? tried) || !tried.Contains(node) || nodes.All.All(tried.Contains))
            {
                return shard;
            }

            _waiting.Enqueue(shard);
        }

        return null;
    }

    private async Task RunAsync(DecodeShard shard, SiloAddress node)
    {
        _running[shard.Index] = node;
        try
        {
            _done[shard.Index] = await nodes.Of(node).DecodeAsync(shard);
        }
        catch (Exception error) when (LiveNodes.IsLost(error))
        {
            Suspect(node);
            TryAgain(shard, node, $"{NodeName.Of(node)} is gone: {shard.Capture} goes to another node", $"{NodeName.Of(node)} was lost with it");
        }
        catch (Exception error) when (!_isStopped)
        {
            // Whatever a node says went wrong there may go well elsewhere.
            TryAgain(shard, node, $"{NodeName.Of(node)}: {shard.Capture}: {error.Message}; it is tried again", error.Message);
        }
        catch (IOException)
        {
            // It was stopped.
        }
        finally
        {
            _running.Remove(shard.Index);
        }
    }

    private void TryAgain(DecodeShard shard, SiloAddress node, string note, string failure)
    {
        List<SiloAddress> tried = _tries.TryGetValue(shard.Index, out List<SiloAddress>? known) ? known : _tries[shard.Index] = [];
        tried.Add(node);
        if (tried.Count < MaxTries)
        {
            _notes.Add(note);
            _waiting.Enqueue(shard);
        }
        else
        {
            _failures[shard.Index] = $"{shard.Capture}: {failure} (after {MaxTries} tries)";
        }
    }

    private void Suspect(SiloAddress node) => _suspects[node] = clock.GetTimestamp();

    private bool IsSuspect(SiloAddress node) => _suspects.TryGetValue(node, out long since) && clock.GetElapsedTime(since) < Suspicion;
}
