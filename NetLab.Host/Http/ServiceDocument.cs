using NetLab.Host.Services;

namespace NetLab.Host.Http;

/// <summary>A service.</summary>
internal sealed record ServiceDocument(string Name, string Kind, string Address, string? Target, string? Link, bool Running)
{
    /// <summary>A service as it is now.</summary>
    public static ServiceDocument Of(LabService service) => new(
        service.Definition.Name, service.Definition.Kind, service.Address, service.Definition.Target, service.Definition.Link, service.Running is not null);
}
