using Microsoft.AspNetCore.Routing;
using NetLab.Host.Measurement;
using NetLab.Host.Services;
using NetLab.Host.Settings;

namespace NetLab.Host.Http;

/// <summary>Makes the lab's HTTP services.</summary>
/// <param name="runs">The measurements that are asked for over HTTP; one at a time, whichever service is asked.</param>
/// <param name="readRun">Understands the options of <c>nlab perf</c>, which those of a measurement are.</param>
/// <param name="mapPage">Maps the page beside the resources; null for none.</param>
internal sealed class HttpServiceFactory(LabRuns runs, Func<string[], PerfComparison> readRun, Action<IEndpointRouteBuilder>? mapPage = null) : IServiceFactory
{
    /// <summary>The name of the kind.</summary>
    public const string Http = "http";

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [Http];

    /// <summary>Whoever changed them over HTTP would cut off the answer.</summary>
    public bool IsFixed => true;

    /// <inheritdoc/>
    public void Validate(ServiceDefinition definition)
    {
        definition.RefuseTarget();
        LabAddress address = definition.ParseAddress();
        definition.CheckCongestion(address.Transport);
        if (!address.IsStream)
        {
            throw new UsageException($"'{definition.Address}': http needs a byte stream: tcp:// or kernel-tcp://");
        }
    }

    /// <inheritdoc/>
    public async Task<IBoundService> CreateAsync(ServiceDefinition definition, ServiceContext context, CancellationToken cancellationToken)
    {
        LabAddress address = definition.ParseAddress();
        LabAddress local = address.At(await address.ResolveAsync(context.AllowRemote, cancellationToken).ConfigureAwait(false));
        return new HttpService(local, StreamOrDatagramServiceFactory.StreamsOf(definition, address, context), new LabApi(context.Lab, runs, readRun, mapPage is null ? null : "/ui/"), context.Loggers, mapPage);
    }
}
