using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Transport;
using NetLab.Udp.Links;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>
/// A real server and a real client that know nothing of this TCP: Kestrel and HttpClient, over it, through a link that loses 5 %,
/// and over the kernel's. NETLAB_HTTP_MEGABYTES and NETLAB_HTTP_REQUESTS make it as large as one likes.
/// </summary>
public sealed class KestrelTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly int Megabytes = FromEnvironment("NETLAB_HTTP_MEGABYTES", 1);
    private static readonly int Requests = FromEnvironment("NETLAB_HTTP_REQUESTS", 50);

    private readonly WebApplication _server;

    public KestrelTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddNetLabTcp();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(new TcpOverUdpEndPoint(IPAddress.Loopback, 0));
            kestrel.Listen(new TcpOverUdpEndPoint(IPAddress.Loopback, 0), o => o.Protocols = HttpProtocols.Http2);
            kestrel.Listen(new IPEndPoint(IPAddress.Loopback, 0));
            kestrel.Listen(new IPEndPoint(IPAddress.Loopback, 0), o => o.Protocols = HttpProtocols.Http2);
        });
        _server = builder.Build();
        _server.MapGet("/bytes/{count}", (int count) => Results.Bytes(Bytes(count)));
        _server.MapPost("/hash", async (HttpRequest request) => Convert.ToHexString(await SHA256.HashDataAsync(request.Body)));
        _server.MapGet("/echo/{text}", (string text) => text);
        _server.MapGet("/written", async (HttpResponse response) =>
        {
            // Into the server's own buffers, before anything has been sent.
            System.Buffers.BuffersExtensions.Write(response.BodyWriter, "written"u8);
            await response.BodyWriter.FlushAsync();
        });
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    public async Task Http_clients_get_what_the_server_has_and_the_server_what_they_send(bool ours, int version)
    {
        int index = (ours ? 0 : 2) + version - 1;
        int port = new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(index)).Port;
        using LinkRelay? link = ours ? LossyLink(port) : null;
        using HttpClient client = Client(ours ? link!.LocalEndPoint.Port : port, ours, version);
        byte[] bytes = Bytes(Megabytes << 20);

        // Down, up, one after the other on a connection that is kept, and side by side.
        byte[] got = await client.GetByteArrayAsync($"/bytes/{bytes.Length}").WaitAsync(Patience);
        Assert.True(bytes.AsSpan().SequenceEqual(got));
        using HttpResponseMessage answer = await client.PostAsync("/hash", new ByteArrayContent(bytes)).WaitAsync(Patience);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(bytes)), await answer.Content.ReadAsStringAsync());
        for (int i = 0; i < Requests; i++)
        {
            Assert.Equal($"{i}", await client.GetStringAsync($"/echo/{i}").WaitAsync(Patience));
        }

        string[] texts = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => client.GetStringAsync($"/echo/side-{i}"))).WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"side-{i}"), texts);
        Assert.Equal("written", await client.GetStringAsync("/written").WaitAsync(Patience));
        using HttpResponseMessage nothing = await client.GetAsync("/nothing").WaitAsync(Patience);
        Assert.Equal((HttpStatusCode.NotFound, version), (nothing.StatusCode, nothing.Version.Major));
        Assert.True(link is null || link.Up.Lost + link.Down.Lost > 0);
    }

    private static LinkRelay LossyLink(int port)
    {
        Assert.True(LinkDescription.TryParse("loss=5%,seed=1", out LinkDescription link, out _));
        var relay = new LinkRelay(new LinkRelayOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Target = new IPEndPoint(IPAddress.Loopback, port), Link = link, Seed = 1 });
        relay.Start();
        return relay;
    }

    private static HttpClient Client(int port, bool ours, int version)
    {
        var factory = new TcpConnectionFactory();
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var to = new IPEndPoint(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port);
                if (ours)
                {
                    return new TcpConnectionStream(await factory.ConnectAsync(to, cancellationToken));
                }

                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(to, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler)
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
            Timeout = Patience,
            DefaultRequestVersion = new Version(version, version == 1 ? 1 : 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static int FromEnvironment(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : fallback;
}
