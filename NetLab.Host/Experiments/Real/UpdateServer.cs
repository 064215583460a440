using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NetLab.Tcp.Transport;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Experiments.Real;

/// <summary>ASP.NET Core on NetLab's TCP that serves a value in four ways.</summary>
/// <param name="value">The value.</param>
/// <param name="plan">What is tried.</param>
internal sealed class UpdateServer(ChangingValue value, UpdatePlan plan) : IAsyncDisposable
{
    private WebApplication? _server;
    private int _questions;

    /// <summary>Requests that came.</summary>
    public int Questions => Volatile.Read(ref _questions);

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Begins to serve.</summary>
    /// <param name="tap">Sees each segment.</param>
    public async Task StartAsync(DatagramTap tap)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddNetLabTcp(new TcpEndpointOptions { Tap = tap });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(new TcpOverUdpEndPoint(IPAddress.Loopback, 0)));
        _server = builder.Build();
        _server.UseWebSockets();
        _server.UseRouting();
        Map("/value", context => context.Response.WriteAsync(ChangingValue.TextOf(value.Now), context.RequestAborted));
        Map("/next", NextAsync);
        Map("/events", EventsAsync);
        Map("/socket", SocketAsync);
        await _server.StartAsync().ConfigureAwait(false);
        string address = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Address = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await server.StopAsync(late.Token).ConfigureAwait(false);
            await server.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Map(string path, RequestDelegate answer) => _server!.MapMethods(path, ["GET"], context =>
    {
        Interlocked.Increment(ref _questions);
        return answer(context);
    });

    private async Task NextAsync(HttpContext context)
    {
        int known = int.Parse(context.Request.Query["known"].ToString(), CultureInfo.InvariantCulture);
        int now = plan.IsEager ? value.Now : await value.MoreThanAsync(known, context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsync(ChangingValue.TextOf(now), context.RequestAborted).ConfigureAwait(false);
    }

    private async Task EventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        for (int known = 0; known < plan.Count;)
        {
            await value.MoreThanAsync(known++, context.RequestAborted).ConfigureAwait(false);
            byte[] bytes = Encoding.ASCII.GetBytes($"data: {ChangingValue.TextOf(known)}\n\n");
            bytes.CopyTo(context.Response.BodyWriter.GetSpan(bytes.Length));
            context.Response.BodyWriter.Advance(bytes.Length);
            if (!plan.IsBuffered || known == plan.Count)
            {
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }
        }

        // Not over before the client is: the end of a response is no update.
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task SocketAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        for (int known = 0; known < plan.Count;)
        {
            await value.MoreThanAsync(known++, context.RequestAborted).ConfigureAwait(false);
            await socket.SendAsync(Encoding.ASCII.GetBytes(ChangingValue.TextOf(known)), WebSocketMessageType.Text, true, context.RequestAborted).ConfigureAwait(false);
        }

        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
