using System.Net;
using NetLab.Host.Backends;
using NetLab.Host.Settings;
using NetLab.Host.Streams;

namespace NetLab.Host.Services;

/// <summary>Makes balancers.</summary>
internal sealed class BalancerServiceFactory : IServiceFactory
{
    /// <summary>The name of the kind.</summary>
    public const string Balancer = "balancer";

    private const int MaxBackends = 100;

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Balancer];

    /// <inheritdoc/>
    public void Validate(ServiceDefinition definition)
    {
        LabAddress from = definition.ParseAddress();
        LabAddress[] backends = BackendsOf(definition);
        foreach (LabAddress backend in backends)
        {
            backend.CheckPeer();
            if (backend.IsStream != from.IsStream)
            {
                throw new UsageException($"'{backend}': a balancer on {(from.IsStream ? "a byte stream" : "datagrams")} has backends that are");
            }
        }

        if (definition.Link is not null)
        {
            throw new UsageException("Link: a balancer has none; a relay before a backend has");
        }

        HealthCheck health = HealthCheck.Parse(definition.Health);
        if (health.Path is not null && !from.IsStream)
        {
            throw new UsageException($"Health '{definition.Health}': a path is asked for by HTTP, and {from} carries datagrams");
        }

        BalancingPolicy.Parse(definition.Policy);
        definition.CheckCongestion([from.Transport, .. backends.Select(b => b.Transport)]);
    }

    /// <inheritdoc/>
    public async Task<IBoundService> CreateAsync(ServiceDefinition definition, ServiceContext context, CancellationToken cancellationToken)
    {
        LabAddress from = definition.ParseAddress();
        IPEndPoint local = await from.ResolveAsync(context.AllowRemote, cancellationToken).ConfigureAwait(false);
        var backends = new List<Backend>();
        foreach (LabAddress backend in BackendsOf(definition))
        {
            backends.Add(new Backend(backend.At(await backend.ResolvePeerAsync(context.AllowRemote, cancellationToken).ConfigureAwait(false))));
        }

        if (backends.GroupBy(b => b.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new UsageException($"Target '{definition.Target}': {twice.Key} is said twice");
        }

        // Idle for as long as its clients like; peers that vanished are noticed.
        StreamOptions streams = StreamOrDatagramServiceFactory.StreamsOf(definition, from, context);
        return new BalancerService(
            from.At(local), backends, BalancingPolicy.Parse(definition.Policy), HealthCheck.Parse(definition.Health), streams,
            (backend, state) => context.Lab.Events.Publish("changed", $"/services/{definition.Name}", $"{backend} is {state}"));
    }

    private static LabAddress[] BackendsOf(ServiceDefinition definition)
    {
        if (definition.Target is not { Length: > 0 } targets)
        {
            throw new UsageException("Target: is missing: the backends, with commas between them");
        }

        string[] all = targets.Split(',', StringSplitOptions.TrimEntries);
        return all.Length <= MaxBackends ? [.. all.Select(LabAddress.Parse)] : throw new UsageException($"Target: {all.Length} backends; a balancer has {MaxBackends} at most");
    }
}
