using NetLab.Cluster.Work;
using Orleans.Concurrency;

namespace NetLab.Cluster.Nodes;

/// <summary>A node's part of jobs: it decodes pieces and takes part in measurements, which others tell it.</summary>
[OnNode]
[Reentrant]
internal sealed class NodeGrain(INodeWork work, NodeBoard board, ILocalSiloDetails self) : Grain, INodeGrain, IDisposable
{
    private readonly Dictionary<(string Job, int Index), (Task<string?> Task, CancellationTokenSource Stop)> _decoding = [];
    private readonly HashSet<Task> _measuring = [];
    private CancellationTokenSource _stopMeasuring = new();
    private IMeasurementServer? _server;
    private string? _coordinator;

    /// <inheritdoc/>
    public Task<int[]> DecodingAsync(string job) => Task.FromResult(_decoding.Keys.Where(k => k.Job == job).Select(k => k.Index).ToArray());

    /// <inheritdoc/>
    public async Task<string?> DecodeAsync(DecodeShard shard)
    {
        (string, int) key = (shard.Job, shard.Index);
        if (!_decoding.TryGetValue(key, out (Task<string?> Task, CancellationTokenSource Stop) decoding))
        {
            var stop = new CancellationTokenSource();
            decoding = (Task.Run(() => ShardFolder.DecodeAsync(work, shard, stop.Token)), stop);
            _decoding.Add(key, decoding);
        }

        try
        {
            return await decoding.Task;
        }
        catch (OperationCanceledException)
        {
            throw new IOException("it was stopped");
        }
        finally
        {
            if (_decoding.Remove(key))
            {
                decoding.Stop.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public async Task StopDecodingAsync(string job)
    {
        foreach ((_, (_, CancellationTokenSource stop)) in _decoding.Where(d => d.Key.Job == job).ToArray())
        {
            await stop.CancelAsync();
        }
    }

    /// <inheritdoc/>
    public async Task FollowAsync(string coordinator)
    {
        if (_coordinator == coordinator)
        {
            return;
        }

        // What the one before asked for must be over when the next begins: two measurements at once would measure each other.
        _coordinator = coordinator;
        CancellationTokenSource before = _stopMeasuring;
        _stopMeasuring = new CancellationTokenSource();
        await before.CancelAsync();
        foreach (Task measuring in _measuring.ToArray())
        {
            await measuring.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        before.Dispose();
        await CloseServerAsync();
    }

    /// <inheritdoc/>
    public async Task<string> ServeAsync(string coordinator, string transport)
    {
        Check(coordinator);
        await CloseServerAsync();
        string host = self.SiloAddress.Endpoint.Address.ToString();
        CancellationToken stop = _stopMeasuring.Token;
        IMeasurementServer server = await Task.Run(() => work.ServeAsync(transport, host, stop), stop);
        if (_coordinator != coordinator)
        {
            await server.DisposeAsync();
            Check(coordinator);
        }

        _server = server;
        return server.Url;
    }

    /// <inheritdoc/>
    public Task StopServingAsync(string coordinator) => _coordinator == coordinator ? CloseServerAsync() : Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<MeasurementResult> MeasureAsync(string coordinator, string url, Measurement measurement)
    {
        Check(coordinator);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopMeasuring.Token);
        limit.CancelAfter(measurement.Limit);
        Task<MeasurementResult> measuring = Task.Run(() => work.MeasureAsync(url, measurement, limit.Token));
        _measuring.Add(measuring);
        try
        {
            return await measuring;
        }
        catch (OperationCanceledException)
        {
            throw new IOException(_coordinator == coordinator ? $"it was not over after {measurement.Limit.TotalSeconds:F0} s" : "another node coordinates now");
        }
        finally
        {
            _measuring.Remove(measuring);
        }
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => CloseServerAsync();

    /// <inheritdoc/>
    public void Dispose() => _stopMeasuring.Dispose();

    /// <inheritdoc/>
    public Task ShowAsync(PairFigures figures)
    {
        board.Add(figures);
        return Task.CompletedTask;
    }

    private void Check(string coordinator)
    {
        if (_coordinator != coordinator)
        {
            throw new IOException("another node coordinates now");
        }
    }

    private async Task CloseServerAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.DisposeAsync();
        }
    }
}
