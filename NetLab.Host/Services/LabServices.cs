using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetLab.Host.Http;
using NetLab.Host.Measurement;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Udp.Links;

namespace NetLab.Host.Services;

/// <summary>
/// The services of a lab: those of its configuration, started in order, and those that are added, changed and taken away while it
/// runs. One that crashes stops the lab. Safe for use by several threads: changes wait for one another.
/// </summary>
/// <param name="options">The configuration.</param>
/// <param name="recorder">Records what they send and receive; null for not.</param>
/// <param name="onPublished">Told of each address that is listened on, by what listens there; null for nobody.</param>
/// <param name="lifetime">Stops the lab.</param>
/// <param name="loggers">Where they write to their logs.</param>
internal sealed class LabServices(
    LabOptions options, LabRecorder? recorder, Action<string, LabAddress>? onPublished, IHostApplicationLifetime lifetime, ILoggerFactory loggers)
    : IHostedService, IAsyncDisposable
{
    /// <summary>How many services a lab has at most: each has a socket, and a relay has up to 512.</summary>
    public const int Most = 100;

    private readonly SemaphoreSlim _changing = new(1);
    private readonly LabRuns _runs = new();
    private volatile IReadOnlyList<LabService> _all = [];

    /// <summary>All of them, in the order in which they came.</summary>
    public IReadOnlyList<LabService> All => _all;

    /// <summary>Why the lab had to stop; null if no service crashed.</summary>
    public Exception? Crash { get; private set; }

    /// <summary>The relays that run, with their names.</summary>
    public IEnumerable<(string Name, LinkRelay Relay)> Relays => _all.Select(s => s.Running).OfType<RelayService>().Select(r => r.Summary);

    /// <summary>A service by its name; null if there is none.</summary>
    public LabService? Find(string name) => _all.FirstOrDefault(s => s.Definition.Name == name);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (ServiceDefinition definition in options.Definitions())
        {
            await AddAsync(definition, isRunning: true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
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
    public Task<LabService> AddAsync(ServiceDefinition definition, bool isRunning, CancellationToken cancellationToken)
    {
        // Before anybody has to wait: a name may take its time to be looked up.
        definition.Validate(options.AllowRemote);
        return ChangeAsync(() => AddAsync(definition, isRunning), cancellationToken);
    }

    private async Task<LabService> AddAsync(ServiceDefinition definition, bool isRunning)
    {
        if (Find(definition.Name) is not null)
        {
            throw new ServiceConflictException($"there is a service '{definition.Name}' already");
        }

        if (_all.Count >= Most)
        {
            throw new ServiceConflictException($"the lab has {Most} services, and no more");
        }

        var service = new LabService(definition);
        if (isRunning)
        {
            await StartAsync(service).ConfigureAwait(false);
        }

        _all = [.. _all, service];
        return service;
    }

    /// <summary>Makes a service another one. If the other cannot be started, the first is started again.</summary>
    /// <param name="service">Which.</param>
    /// <param name="change">What it is to be, and whether it is to run, by what it is when its turn has come.</param>
    /// <param name="cancellationToken">Gives up waiting for the turn.</param>
    /// <exception cref="UsageException">It makes no sense, or its address is taken.</exception>
    /// <exception cref="ServiceConflictException">It has been taken away meanwhile.</exception>
    public Task ReplaceAsync(LabService service, Func<LabService, (ServiceDefinition Definition, bool IsRunning)> change, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            CheckIsKnown(service);
            (ServiceDefinition definition, bool isRunning) = change(service);
            definition.Validate(options.AllowRemote);
            ServiceDefinition before = service.Definition;
            bool wasRunning = service.Running is not null;
            if (definition != before && isRunning && service.Running is RelayService relay
                && definition == before with { Link = definition.Link } && relay.TryChange(LinkText.Parse(definition.Link ?? "")))
            {
                // A link changes under what is on it; its clients notice nothing else.
                service.Definition = definition;
                return service;
            }

            if (wasRunning && (definition != before || !isRunning))
            {
                await StopAsync(service).ConfigureAwait(false);
            }

            service.Definition = definition;
            try
            {
                if (isRunning && service.Running is null)
                {
                    await StartAsync(service).ConfigureAwait(false);
                }
            }
            catch when (definition != before)
            {
                service.Definition = before;
                if (wasRunning)
                {
                    await StartAsync(service).ConfigureAwait(false);
                }

                throw;
            }

            return service;
        },
        cancellationToken);

    /// <summary>Stops a service and forgets it.</summary>
    public Task RemoveAsync(LabService service, CancellationToken cancellationToken) => ChangeAsync(
        async () =>
        {
            CheckIsKnown(service);
            await StopAsync(service).ConfigureAwait(false);
            _all = [.. _all.Where(s => s != service)];
            return service;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _runs.DisposeAsync().ConfigureAwait(false);

        // Of those that ran when another could not be started.
        foreach (LabService service in _all)
        {
            await StopAsync(service).ConfigureAwait(false);
        }

        _changing.Dispose();
    }

    private void CheckIsKnown(LabService service)
    {
        if (!_all.Contains(service))
        {
            throw new ServiceConflictException($"'{service.Definition.Name}' has been taken away");
        }
    }

    private async Task<LabService> ChangeAsync(Func<Task<LabService>> change, CancellationToken cancellationToken)
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
    private async Task StartAsync(LabService service)
    {
        IBoundService made = Make(service.Definition);
        try
        {
            await made.StartAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            made.Dispose();
            throw;
        }

        service.Running = made;
        onPublished?.Invoke(DescriptionOf(service), made.BoundAddress);
        _ = WatchAsync(made);
    }

    private static async Task StopAsync(LabService service)
    {
        if (service.Running is { } running)
        {
            service.Running = null;
            await running.StopAsync(CancellationToken.None).ConfigureAwait(false);
            running.Dispose();
        }
    }

    private async Task WatchAsync(IBoundService service)
    {
        try
        {
            if (service is BackgroundService { ExecuteTask: { } running })
            {
                await running.ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // It was told to stop.
        }
        catch (Exception error)
        {
            Crash ??= error;
            lifetime.StopApplication();
        }
    }

    private static string DescriptionOf(LabService service) =>
        service.Running is RelayService relay ? $"relay to {service.Definition.Target}, seed={relay.Seed}" : service.Definition.Kind;

    private IBoundService Make(ServiceDefinition definition)
    {
        if (definition.IsRelay)
        {
            return new RelayService(definition.AsRelay, options.AllowRemote, recorder);
        }

        LabAddress address = LabAddress.Parse(definition.Address);
        var streams = new StreamOptions(null, options.AllowRemote, recorder) { Place = $"{definition.Kind} {address}", Loggers = loggers };
        return definition.Kind == ServiceKinds.Http
            ? new HttpService(address, streams, new LabApi(this, _runs), loggers)
            : address.IsStream
                ? new StreamService(definition.Kind, address, streams, loggers.CreateLogger<StreamService>())
                : new DatagramService(definition.Kind, address, options.AllowRemote, recorder);
    }
}
