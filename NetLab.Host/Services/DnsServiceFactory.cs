using NetLab.Host.Names;
using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>Makes servers of names.</summary>
internal sealed class DnsServiceFactory : IServiceFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds { get; } = [DnsService.Dns];

    /// <inheritdoc/>
    public void Validate(ServiceDefinition definition)
    {
        definition.RefuseTarget();
        definition.CheckCongestion(definition.ParseAddress().Transport);
        ZonesOf(definition);
    }

    /// <inheritdoc/>
    public async Task<IBoundService> CreateAsync(ServiceDefinition definition, ServiceContext context, CancellationToken cancellationToken)
    {
        LabAddress address = definition.ParseAddress();
        LabAddress local = address.At(await address.ResolveAsync(context.AllowRemote, cancellationToken).ConfigureAwait(false));
        return new DnsService(local, new DnsResponder(ZonesOf(definition)), StreamOrDatagramServiceFactory.StreamsOf(definition, address, context), context);
    }

    private static ZoneSet ZonesOf(ServiceDefinition definition)
    {
        if (definition.Zone is null == definition.ZoneFile is null)
        {
            throw new UsageException(definition.Zone is null ? "Zone or ZoneFile: is missing" : "Zone and ZoneFile: it is either");
        }

        string from = definition.ZoneFile is { } file ? $"ZoneFile '{file}'" : "Zone";
        try
        {
            return ZoneFile.Read(definition.Zone ?? File.ReadAllText(definition.ZoneFile!));
        }
        catch (ZoneException error)
        {
            throw new UsageException($"{from}: {error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{from}: cannot be read: {error.Message}");
        }
    }
}
