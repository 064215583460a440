using System.Diagnostics;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NetLab.Host.Experiments.Networks;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace NetLab.Host.Experiments.BackEnd;

/// <summary>
/// A gateway as .NET's services stand behind one: ASP.NET Core's pipeline with rate limiting, routing and YARP, in virtual time. There is no server before it
/// and no socket behind it: a request is an event of the network, and so is the service's answer.
/// </summary>
internal sealed class VirtualGateway : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly RequestDelegate _pipeline;

    /// <param name="network">Whose time it is.</param>
    /// <param name="service">The service behind it, with whatever guards it.</param>
    /// <param name="bucket">What limits the rate of requests; null for nothing.</param>
    public VirtualGateway(LabNetwork network, HttpMessageHandler service, RateLimiter? bucket = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(new DiagnosticListener("gateway"));
        services.AddSingleton<DiagnosticSource>(provider => provider.GetRequiredService<DiagnosticListener>());
        services.AddSingleton<TimeProvider>(new NetworkTimeProvider(network));
        services.AddSingleton<IForwarderHttpClientFactory>(new ServiceFactory(service));
        services.AddRouting();
        if (bucket is not null)
        {
            services.AddRateLimiter(options =>
            {
                options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.Get(0, _ => bucket));
            });
        }

        services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "service", Match = new RouteMatch { Path = "{**rest}" } }],
            [new ClusterConfig { ClusterId = "service", Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = "http://service.test/" } } }]);
        _services = services.BuildServiceProvider();
        var app = new ApplicationBuilder(_services);
        app.UseRouting();
        if (bucket is not null)
        {
            app.UseRateLimiter();
        }

        app.UseEndpoints(endpoints => endpoints.MapReverseProxy());
        _pipeline = app.Build();
    }

    /// <summary>Asks the service, through the gateway.</summary>
    /// <returns>The status code of the answer.</returns>
    public async Task<int> AskAsync()
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        (context.Request.Method, context.Request.Scheme, context.Request.Protocol) = ("GET", "http", "HTTP/1.1");
        (context.Request.Host, context.Request.Path) = (new HostString("gateway.test"), "/orders");
        context.Response.Body = Stream.Null;
        await _pipeline(context).ConfigureAwait(false);
        return context.Response.StatusCode;
    }

    /// <inheritdoc/>
    public void Dispose() => _services.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private sealed class ServiceFactory(HttpMessageHandler service) : IForwarderHttpClientFactory
    {
        public HttpMessageInvoker CreateClient(ForwarderHttpClientContext context) => new(service, disposeHandler: false);
    }
}
