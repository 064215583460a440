using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>The kinds of service a lab has, each with what makes it.</summary>
/// <param name="all">They.</param>
internal sealed class ServiceFactories(params IReadOnlyList<IServiceFactory> all)
{
    /// <summary>Those that need nothing but what is below this folder: echo, discard, source, relay, forward, dns and balancer.</summary>
    public static IReadOnlyList<IServiceFactory> Standard { get; } = [new StreamOrDatagramServiceFactory(), new RelayServiceFactory(), new ForwardServiceFactory(), new DnsServiceFactory(), new BalancerServiceFactory()];

    /// <summary>The names of the kinds.</summary>
    public IReadOnlyList<string> Kinds { get; } = [.. all.SelectMany(f => f.Kinds)];

    /// <summary>What makes services of a kind.</summary>
    /// <exception cref="UsageException">There is no such kind.</exception>
    public IServiceFactory Of(string kind) => all.FirstOrDefault(f => f.Kinds.Contains(kind))
        ?? throw new UsageException($"Kind '{kind}': the services are {string.Join(", ", Kinds)}");

    /// <summary>Checks everything that can be checked before a name is looked up.</summary>
    /// <exception cref="UsageException">Says what is wrong.</exception>
    public void Validate(ServiceDefinition definition)
    {
        definition.ValidateName();
        IServiceFactory factory = Of(definition.Kind);
        definition.CheckOwnMembers();
        factory.Validate(definition);
    }
}
