using Microsoft.Extensions.Hosting;
using NetLab.Host.Settings;

namespace NetLab.Host.Services;

/// <summary>A hosted service that listens somewhere.</summary>
internal interface IBoundService : IHostedService, IDisposable
{
    /// <summary>Where it listens, with the port the system chose; known once it has started.</summary>
    LabAddress BoundAddress { get; }
}
