using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NetLab.Tcp.Diagnostics;
using NetLab.Udp.Diagnostics;

namespace NetLab.Tcp.Transport;

/// <summary>Makes NetLab's TCP known to a host's services.</summary>
public static class TcpServiceCollectionExtensions
{
    /// <summary>
    /// Adds the transport: servers such as Kestrel bind addresses of the type <see cref="TcpOverUdpEndPoint"/> by it and all others
    /// as before, and whoever asks for an <see cref="IConnectionFactory"/> opens connections by it. It counts in the host's meters
    /// and writes to its log, whatever the options name.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">How endpoints are set up; null for the defaults.</param>
    /// <param name="endpoints">How many endpoints share the port of each listener, each with a loop of its own; more than one needs Linux.</param>
    public static IServiceCollection AddNetLabTcp(this IServiceCollection services, TcpEndpointOptions? options = null, int endpoints = 1)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentOutOfRangeException.ThrowIfLessThan(endpoints, 1);
        services.TryAddSingleton(provider => new UdpMeter(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(provider => new TcpMeter(provider.GetService<IMeterFactory>()));
        return services
            .AddSingleton<IConnectionListenerFactory>(provider => new TcpConnectionListenerFactory(For(provider, options), endpoints: endpoints))
            .AddSingleton(provider => new TcpConnectionFactory(For(provider, options)))
            .AddSingleton<IConnectionFactory>(provider => provider.GetRequiredService<TcpConnectionFactory>());
    }

    private static TcpEndpointOptions For(IServiceProvider provider, TcpEndpointOptions? options)
    {
        options ??= new TcpEndpointOptions();
        return options with
        {
            Meter = provider.GetRequiredService<TcpMeter>(),
            Socket = options.Socket with { Counts = provider.GetRequiredService<UdpMeter>().Sockets },
            LoggerFactory = provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
        };
    }
}
