using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NetLab.Host.Http;
using NetLab.Host.Services;
using NetLab.Host.Settings;

namespace NetLab.Host.Page;

/// <summary>The page on a port of loopback, of <c>nlab ui</c>.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private PageServer(WebApplication server, Uri address) => (_server, Address) = (server, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="port">The port; 0 for one that is free.</param>
    /// <param name="map">What it serves.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UsageException">The port is taken, or not to be had.</exception>
    public static async Task<PageServer> StartAsync(int port, Action<IEndpointRouteBuilder> map, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });

        // Ctrl-C is the command line's.
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Services.Configure<HostFilteringOptions>(filter =>
        {
            filter.AllowedHosts = ["localhost", "127.0.0.1"];
            filter.IncludeFailureMessage = false;
        });
        WebApplication server = builder.Build();
        server.Use(Problem.AnswerAsync);
        server.UseMiddleware<HostFilteringMiddleware>();
        server.UseRouting();
        map(server);
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new UsageException($"--port {port}: {(error.GetBaseException() is SocketException { SocketErrorCode: SocketError.AccessDenied } ? "not allowed" : "is taken")}");
        }

        return new PageServer(server, new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A page that is open keeps its connections: they are not waited for.
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await _server.StopAsync(late.Token).ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }
}
