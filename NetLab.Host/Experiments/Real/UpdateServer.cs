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
/// <param name="value">The value: the number of its changes.</param>
/// <param name="plan">What is tried.</param>
internal sealed class UpdateServer(Watermark value, UpdatePlan plan) : IAsyncDisposable
{
    private WebApplication? _server;
    private int _questions;

    /// <summary>Requests that came.</summary>
    public Watermark Questions { get; } = new();

    /// <summary>The latest value that a handler has taken note of, whether or not it told.</summary>
    public Watermark Seen { get; } = new();

    /// <summary>The latest value that left the handlers for the client.</summary>
    public Watermark Told { get; } = new();

    /// <summary>One more than the latest value that a question waits to see changed.</summary>
    public Watermark Held { get; } = new();

    /// <summary>A value as it is sent: eight characters.</summary>
    public static string TextOf(int value) => value.ToString("00000000", CultureInfo.InvariantCulture);

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
        Map("/value", context => context.Response.WriteAsync(TextOf(value.Value), context.RequestAborted));
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
        Questions.RaiseTo(Interlocked.Increment(ref _questions));
        return answer(context);
    });

    private async Task NextAsync(HttpContext context)
    {
        int known = int.Parse(context.Request.Query["known"].ToString(), CultureInfo.InvariantCulture);
        int now = value.Value;
        if (!plan.IsEager && now <= known)
        {
            Held.RaiseTo(known + 1);
            now = await value.MoreThanAsync(known, context.RequestAborted).ConfigureAwait(false);
        }

        await context.Response.WriteAsync(TextOf(now), context.RequestAborted).ConfigureAwait(false);
        Told.RaiseTo(now);
        Seen.RaiseTo(now);
    }

    private async Task EventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        for (int known = 0; known < plan.Count;)
        {
            await value.MoreThanAsync(known++, context.RequestAborted).ConfigureAwait(false);
            byte[] bytes = Encoding.ASCII.GetBytes($"data: {TextOf(known)}\n\n");
            bytes.CopyTo(context.Response.BodyWriter.GetSpan(bytes.Length));
            context.Response.BodyWriter.Advance(bytes.Length);
            if (!plan.IsBuffered || known == plan.Count)
            {
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
                Told.RaiseTo(known);
            }

            Seen.RaiseTo(known);
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
            await socket.SendAsync(Encoding.ASCII.GetBytes(TextOf(known)), WebSocketMessageType.Text, true, context.RequestAborted).ConfigureAwait(false);
            Told.RaiseTo(known);
            Seen.RaiseTo(known);
        }

        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
