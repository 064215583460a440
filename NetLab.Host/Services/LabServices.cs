using System.Collections.Frozen;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Tcp.Memory;
using NetLab.Udp.Links;

namespace NetLab.Host.Services;

/// <summary>
/// The services of a lab: those of its configuration, started in order, and those that are added, changed and taken away while it
/// runs. One that fails is started again if its definition says so, and stops the lab if not. Safe for use by several threads:
/// changes wait for one another, and names are looked up before a change has its turn.
/// </summary>
/// <param name="options">The configuration.</param>
/// <param name="factories">What makes the services.</param>
/// <param name="recorder">Records what they send and receive; null for not.</param>
/// <param name="onPublished">Told of each address that is listened on, by what listens there; null for nobody.</param>
/// <param name="lifetime">Stops the lab.</param>
/// <param name="loggers">Where they write to their logs.</param>
internal sealed class LabServices(
    LabOptions options, ServiceFactories factories, LabRecorder? recorder, Action<string, LabAddress>? onPublished, IHostApplicationLifetime lifetime, ILoggerFactory loggers)
    : IHostedService, IAsyncDisposable
{
    /// <summary>How many services a lab has at most: each has a socket, and a relay has up to 512.</summary>
    public const int MaxServices = 100;

    private static readonly TimeSpan FirstRestart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxRestartDelay = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _changing = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger = loggers.CreateLogger<LabServices>();
    private volatile IReadOnlyList<LabService> _all = [];
    private ServiceMeter? _meter;
    private bool _isDisposed;

    /// <summary>All of them, in the order in which they came.</summary>
    public IReadOnlyList<LabService> All => _all;

    /// <summary>The UDP ports that its services listen on, those of NetLab's TCP included.</summary>
    public IReadOnlySet<int> UdpPorts { get; private set; } = FrozenSet<int>.Empty;

    /// <summary>What happens to them.</summary>
    public LabEvents Events { get; } = new();

    /// <summary>What all of NetLab's TCP in the lab may hold together, and what it does.</summary>
    public SharedMemoryLimit Memory { get; } = new(options.MemoryBytes);

    /// <summary>Why the lab had to stop; null if no service failed.</summary>
    public string? Failure { get; private set; }

    /// <summary>The links that are crossed, with the names of their relays and forwards.</summary>
    public IEnumerable<(string Name, LinkRelay Relay)> Relays => _all.Select(s => s.Running?.Link).OfType<(string, LinkRelay)>();

    /// <summary>A service by its name; null if there is none.</summary>
    public LabService? Find(string name) => _all.FirstOrDefault(s => s.Definition.Name == name);

    /// <summary>Whether a service is the configuration's alone.</summary>
    /// <exception cref="UsageException">There is no such kind.</exception>
    public bool IsFixed(ServiceDefinition definition) => factories.Of(definition.Kind).IsFixed;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _meter = new ServiceMeter(() => _all, () => (Memory.Limit, Memory.Used));
        foreach (ServiceDefinition definition in options.Definitions())
        {
            await AddAsync(definition, isRunning: true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (LabService service in _all.Reverse())
            {
                await StopAsync(service).ConfigureAwait(false);
            }
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Adds a service and, if it is to run, starts it.</summary>
    /// <exception cref="UsageException">It makes no sense, or its address is taken.</exception>
    /// <exception cref="ServiceConflictException">Its name is taken, or there are too many.</exception>
    public async Task<LabService> AddAsync(ServiceDefinition definition, bool isRunning, CancellationToken cancellationToken)
    {
        IBoundService made = await CreateAsync(definition, cancellationToken).ConfigureAwait(false);
        using var unused = new Unused(this, made);
        return await ChangeAsync(
            async () =>
            {
                if (Find(definition.Name) is not null)
                {
                    throw new ServiceConflictException($"there is a service '{definition.Name}' already");
                }

                if (_all.Count >= MaxServices)
                {
                    throw new ServiceConflictException($"the lab has {MaxServices} services, and no more");
                }

                var service = new LabService(definition);
                if (isRunning)
                {
                    await StartAsync(service, made).ConfigureAwait(false);
                }

                _all = [.. _all, service];
                return service;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a service another one. If the other cannot be started, the first is started again.</summary>
    /// <param name="service">Which.</param>
    /// <param name="change">What it is to be, and whether it is to run, by what it is now; asked again if that has changed meanwhile.</param>
    /// <param name="cancellationToken">Gives up waiting for the turn.</param>
    /// <exception cref="UsageException">It makes no sense, or its address is taken.</exception>
    /// <exception cref="ServiceConflictException">It has been taken away meanwhile.</exception>
    public async Task ReplaceAsync(LabService service, Func<LabService, (ServiceDefinition Definition, bool IsRunning)> change, CancellationToken cancellationToken)
    {
        bool isDone = false;
        while (!isDone)
        {
            ServiceDefinition before = service.Definition;
            (ServiceDefinition definition, bool isRunning) = change(service);
            IBoundService made = await CreateAsync(definition, cancellationToken).ConfigureAwait(false);
            using var unused = new Unused(this, made);
            IBoundService former = await CreateAsync(before, cancellationToken).ConfigureAwait(false);
            using var alsoUnused = new Unused(this, former);
            isDone = await ChangeAsync(
                async () =>
                {
                    CheckIsKnown(service);
                    if (service.Definition != before)
                    {
                        return false;
                    }

                    await ReplaceAsync(service, definition, isRunning, made, former).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops a service and forgets it.</summary>
    public Task RemoveAsync(LabService service, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            CheckIsKnown(service);
            await StopAsync(service).ConfigureAwait(false);
            _all = [.. _all.Where(s => s != service)];
            Events.Publish("removed", PathOf(service.Definition.Name));
            return service;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The host knows it under two names, and disposes of it for each.
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stopping.CancelAsync().ConfigureAwait(false);

        // Of those that ran when another could not be started.
        foreach (LabService service in _all)
        {
            await StopAsync(service).ConfigureAwait(false);
        }

        _meter?.Dispose();
        _changing.Dispose();
        _stopping.Dispose();
    }

    private async Task<IBoundService> CreateAsync(ServiceDefinition definition, CancellationToken cancellationToken)
    {
        factories.Validate(definition);
        return await factories.Of(definition.Kind)
            .CreateAsync(definition, new ServiceContext(this, options.AllowRemote, recorder, loggers), cancellationToken).ConfigureAwait(false);
    }

    private async Task ReplaceAsync(LabService service, ServiceDefinition definition, bool isRunning, IBoundService made, IBoundService former)
    {
        ServiceDefinition before = service.Definition;
        bool wasRunning = service.Running is not null;
        if (definition != before && isRunning && service.Running is { } running
            && definition == before with { Link = definition.Link } && running.TryChange(LinkText.Parse(definition.Link ?? "")))
        {
            // A link changes under what is on it; its clients notice nothing else.
            service.Definition = definition;
            Events.Publish("changed", PathOf(definition.Name), $"link is now {definition.Link}");
            return;
        }

        if (wasRunning && (definition != before || !isRunning))
        {
            await StopAsync(service).ConfigureAwait(false);
        }

        service.Definition = definition;
        service.Failure = isRunning ? service.Failure : null;
        try
        {
            if (isRunning && service.Running is null)
            {
                await StartAsync(service, made).ConfigureAwait(false);
            }
        }
        catch when (definition != before)
        {
            service.Definition = before;
            if (wasRunning)
            {
                await StartAsync(service, former).ConfigureAwait(false);
            }

            throw;
        }
    }

    private void CheckIsKnown(LabService service)
    {
        if (!_all.Contains(service))
        {
            throw new ServiceConflictException($"'{service.Definition.Name}' has been taken away");
        }
    }

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await change().ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    // Not with a caller's token: a service that was begun is there or is not, whether or not somebody still waits to hear of it.
    private async Task StartAsync(LabService service, IBoundService made)
    {
        foreach (ServiceRoute route in made.Routes)
        {
            ServiceRoute.CheckForCircle(route, _all.Where(s => s != service).SelectMany(s => s.Running?.Routes ?? []));
        }

        await made.StartAsync(CancellationToken.None).ConfigureAwait(false);
        service.Running = made;
        service.Failure = null;
        _meter?.Watch(made);
        NotePorts(service);
        onPublished?.Invoke(DescriptionOf(service), made.BoundAddress);
        Events.Publish("started", PathOf(service.Definition.Name), made.BoundAddress.ToString());
        _ = WatchAsync(service, made);
    }

    private async Task StopAsync(LabService service)
    {
        if (service.Running is { } running)
        {
            service.Running = null;
            await running.StopAsync(CancellationToken.None).ConfigureAwait(false);
            running.Dispose();
            NotePorts();
            Events.Publish("stopped", PathOf(service.Definition.Name));
        }
    }

    private void NotePorts(LabService? started = null) => UdpPorts = _all.Append(started)
        .Select(s => s?.Running?.BoundAddress)
        .Where(a => a is { IsOverUdp: true })
        .Select(a => a!.Port)
        .ToFrozenSet();

    // The end of every service is heard of, whatever kind it is: who was not told to stop has failed.
    private async Task WatchAsync(LabService service, IBoundService running)
    {
        string why = "it ended";
        try
        {
            await running.Completion.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            why = error.Message;
        }

        if (_stopping.IsCancellationRequested || service.Running != running)
        {
            return;
        }

        _logger.LogError("{Service} failed: {Why}", service.Definition.Name, why);
        Events.Publish("failed", PathOf(service.Definition.Name), why);
        if (service.Definition.Restart)
        {
            await RestartAsync(service, running, why).ConfigureAwait(false);
        }
        else
        {
            Failure ??= $"{service.Definition.Name} {running.BoundAddress}: {why}";
            lifetime.StopApplication();
        }
    }

    private async Task RestartAsync(LabService service, IBoundService failed, string why)
    {
        TimeSpan delay = FirstRestart;
        bool isDone = false;
        while (!isDone && !_stopping.IsCancellationRequested)
        {
            try
            {
                isDone = await ChangeAsync(
                    async () =>
                    {
                        if (service.Running == failed)
                        {
                            await StopAsync(service).ConfigureAwait(false);
                            service.Failure = why;
                        }

                        return service.Failure is null || !_all.Contains(service);
                    },
                    _stopping.Token).ConfigureAwait(false);
                await Task.Delay(delay, _stopping.Token).ConfigureAwait(false);
                IBoundService made = await CreateAsync(service.Definition, _stopping.Token).ConfigureAwait(false);
                using var unused = new Unused(this, made);
                isDone = isDone || await ChangeAsync(
                    async () =>
                    {
                        if (service.Failure is not null && service.Running is null && _all.Contains(service))
                        {
                            await StartAsync(service, made).ConfigureAwait(false);
                            service.Restarts++;
                        }

                        return true;
                    },
                    _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                _logger.LogError("{Service} could not be started again: {Why}", service.Definition.Name, error.Message);
                delay = delay * 2 < MaxRestartDelay ? delay * 2 : MaxRestartDelay;
            }
        }
    }

    // As it is named over HTTP.
    private static string PathOf(string name) => $"/services/{name}";

    private static string DescriptionOf(LabService service) => service.Running switch
    {
        { Routes.Count: > 0, Seed: { } seed } => $"{service.Definition.Kind} to {service.Definition.Target}, seed={seed}",
        { Routes.Count: > 0 } => $"{service.Definition.Kind} to {service.Definition.Target}",
        _ => service.Definition.Kind,
    };

    /// <summary>Disposes of a service that was made and did not come to run.</summary>
    private readonly struct Unused(LabServices lab, IBoundService made) : IDisposable
    {
        public void Dispose()
        {
            IBoundService candidate = made;
            if (lab._all.All(s => s.Running != candidate))
            {
                candidate.Dispose();
            }
        }
    }
}
