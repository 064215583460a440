using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>Makes the services of some kinds.</summary>
internal interface IServiceFactory
{
    /// <summary>The kinds, as the configuration names them.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Whether services of these kinds are the configuration's alone, and cannot be changed over HTTP.</summary>
    bool IsFixed => false;

    /// <summary>Checks everything that can be checked without asking where a name is.</summary>
    /// <exception cref="UsageException">Says what is wrong.</exception>
    void Validate(ServiceDefinition definition);

    /// <summary>Makes a service that has not started. Names are looked up here, so no lock is held meanwhile.</summary>
    /// <exception cref="UsageException">A name is not known, or is another machine's and may not be.</exception>
    Task<IBoundService> CreateAsync(ServiceDefinition definition, ServiceContext context, CancellationToken cancellationToken);
}
