using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NetLab.Host.Services;
using NetLab.Host.Settings;
using NetLab.Host.Streams;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Transport;
using NetLab.Udp.Diagnostics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace NetLab.Host.Http;

/// <summary>The lab over HTTP/1.1: Kestrel, on NetLab's TCP or on the kernel's. What it serves is <see cref="LabApi"/>.</summary>
/// <param name="address">Where it listens; a byte stream.</param>
/// <param name="streams">How its connections are set up.</param>
/// <param name="api">What it serves.</param>
/// <param name="loggers">Where it writes to its log.</param>
/// <param name="mapPage">Maps the page beside it; null for none.</param>
internal sealed class HttpService(LabAddress address, StreamOptions streams, LabApi api, ILoggerFactory loggers, Action<IEndpointRouteBuilder>? mapPage = null) : IBoundService
{
    /// <summary>Changes that one client may ask for at once, and then a second: far more than a person, far fewer than a loop.</summary>
    public const int ChangesAtOnce = 30;

    private const int ChangesPerSecond = 10;
    private const int MostConnections = 1_000;
    private const int LargestBody = 64 << 10;

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _server;
    private LabAddress? _bound;

    /// <inheritdoc/>
    public LabAddress BoundAddress => _bound ?? address;

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        IPEndPoint local = address.Resolve(streams.AllowRemote);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;

            // A request that trickles in holds a connection, and there are not so many of those.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
            kestrel.Listen(address.Transport switch
            {
                LabTransport.Tcp => new TcpOverUdpEndPoint(local.Address, local.Port),
                LabTransport.TunTcp or LabTransport.RawTcp => new TunEndPoint(address, local),
                _ => local,
            });
        });

        // Ctrl-C is the command line's.
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();

        // One meter for the whole lab, whoever listens.
        builder.Services.AddSingleton(TcpMeter.Shared).AddSingleton(UdpMeter.Shared);
        builder.Services.AddNetLabTcp(streams.ToEndpointOptions(() => _bound is { } bound ? new IPEndPoint(local.Address, bound.UdpPort ?? bound.Port) : local) with { TakesAnyChecksum = address.TakesAnyChecksum });
        builder.Services.AddSingleton<IConnectionListenerFactory>(new TunListenerFactory(streams));
        GuardedListenerFactory.Guard(builder.Services, error => _completion.TrySetException(error));
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("nlab")).WithMetrics(metrics => metrics.AddMeter([.. Telemetry.Meters]).AddPrometheusExporter());
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (context, _) => new ValueTask(Problem.TooManyChanges().WriteAsync(context.HttpContext));
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(LimitOf);
        });
        builder.Services.Configure<HostFilteringOptions>(filter =>
        {
            filter.AllowedHosts = streams.AllowRemote ? ["*"] : ["localhost", "127.0.0.1", "[::1]", local.Address.ToString()];
            filter.IncludeFailureMessage = false;
        });
        WebApplication server = builder.Build();
        server.Use(Problem.AnswerAsync);
        server.UseMiddleware<HostFilteringMiddleware>();
        server.UseRouting();
        server.UseRateLimiter();
        server.MapPrometheusScrapingEndpoint().WithMetadata(new HttpMethodMetadata(["GET", "HEAD"]));
        api.Map(server);
        mapPage?.Invoke(server);
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (SocketErrorIn(error) is { } socket)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw BindFailure.Explain(address, socket);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _server = server;
        var listening = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        _bound = address.At(new IPEndPoint(local.Address, listening.Port));
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is { } server)
        {
            // Who keeps a connection open without asking anything is not waited for.
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await server.StopAsync(late.Token).ConfigureAwait(false);
        }

        _completion.TrySetResult();
    }

    /// <inheritdoc/>
    public void Dispose() => (_server as IDisposable)?.Dispose();

    // Whoever only reads may read as fast as he likes.
    private static RateLimitPartition<string> LimitOf(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter(ClientOf(context.Connection.RemoteIpAddress), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = ChangesAtOnce,
                TokensPerPeriod = ChangesPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            });

    // All of loopback is this machine, and an IPv6 client commonly has a whole /64 (RFC 6177): neither is another client with each address.
    private static string ClientOf(IPAddress? address)
    {
        if (address is null || IPAddress.IsLoopback(address))
        {
            return "loopback";
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    private static SocketException? SocketErrorIn(Exception? error) => error switch
    {
        null => null,
        SocketException socket => socket,
        AddressInUseException => new SocketException((int)SocketError.AddressAlreadyInUse),
        _ => SocketErrorIn(error.InnerException),
    };
}
