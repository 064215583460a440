using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace NetLab.Tcp.Transport;

/// <summary>Makes NetLab's TCP known to a host's services.</summary>
public static class TcpServiceCollectionExtensions
{
    /// <summary>
    /// Adds the transport: servers such as Kestrel bind addresses of the type <see cref="TcpOverUdpEndPoint"/> by it and all others
    /// as before, and whoever asks for an <see cref="IConnectionFactory"/> opens connections by it.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="options">How endpoints are set up; null for the defaults.</param>
    public static IServiceCollection AddNetLabTcp(this IServiceCollection services, TcpEndpointOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        return services
            .AddSingleton<IConnectionListenerFactory>(new TcpConnectionListenerFactory(options))
            .AddSingleton(new TcpConnectionFactory(options))
            .AddSingleton<IConnectionFactory>(provider => provider.GetRequiredService<TcpConnectionFactory>());
    }
}
