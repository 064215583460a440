using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NetLab.Tcp.Tests.Transport.Talking;
using NetLab.Tcp.Transport;
using NetLab.Udp.Links;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>gRPC on the transport, through a link that loses 3 %: every shape of a call, many at once on one connection, and a deadline.</summary>
public sealed class GrpcTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTime Late = DateTime.UtcNow.AddMinutes(5);

    private readonly WebApplication _server;
    private LinkRelay? _link;
    private GrpcChannel? _channel;

    public GrpcTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddNetLabTcp();
        builder.Services.AddGrpc();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(new TcpOverUdpEndPoint(IPAddress.Loopback, 0), o => o.Protocols = HttpProtocols.Http2));
        _server = builder.Build();
        _server.MapGrpcService<TalkService>();
    }

    private Talk.TalkClient Client => new(_channel!);

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        int port = new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        Assert.True(LinkDescription.TryParse("loss=3%,seed=2", out LinkDescription link, out _));
        _link = new LinkRelay(new LinkRelayOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Target = new IPEndPoint(IPAddress.Loopback, port), Link = link });
        _link.Start();
        var factory = new TcpConnectionFactory();
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{_link.LocalEndPoint.Port}", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancellationToken) =>
                    new TcpConnectionStream(await factory.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), cancellationToken)),
            },
            DisposeHttpClient = true,
        });
    }

    public async Task DisposeAsync()
    {
        _channel?.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    public void Dispose() => _link?.Dispose();

    [Fact]
    public async Task Calls_of_every_shape_arrive_whole_and_in_order()
    {
        byte[] large = StreamBehaviourTests.Bytes(1, 300_000);
        Said answer = await Client.OnceAsync(new Said { Number = 41, Text = ByteString.CopyFrom(large) }, deadline: Late);
        Assert.Equal(42, answer.Number);
        Assert.True(answer.Text.Span.SequenceEqual(large));

        using AsyncServerStreamingCall<Said> counting = Client.Count(new Said { Number = 500 }, deadline: Late);
        Assert.Equal(Enumerable.Range(0, 500), await NumbersOf(counting.ResponseStream));

        using AsyncClientStreamingCall<Said, Said> collecting = Client.Collect(deadline: Late);
        for (int i = 1; i <= 500; i++)
        {
            await collecting.RequestStream.WriteAsync(new Said { Number = i });
        }

        await collecting.RequestStream.CompleteAsync();
        Assert.Equal(500 * 501 / 2, (await collecting).Number);

        // Question and answer in turns on one stream.
        using AsyncDuplexStreamingCall<Said, Said> talking = Client.Echo(deadline: Late);
        for (int i = 0; i < 50; i++)
        {
            await talking.RequestStream.WriteAsync(new Said { Number = i });
            Assert.True(await talking.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(i, talking.ResponseStream.Current.Number);
        }

        await talking.RequestStream.CompleteAsync();
        Assert.False(await talking.ResponseStream.MoveNext(CancellationToken.None));
        Assert.True(_link!.Up.Lost + _link.Down.Lost > 0);
    }

    [Fact]
    public async Task A_hundred_calls_share_a_connection_and_one_that_is_given_up_harms_none()
    {
        using AsyncDuplexStreamingCall<Said, Said> given = Client.Echo();
        await given.RequestStream.WriteAsync(new Said { Number = 1 });
        Task<Said>[] calls = [.. Enumerable.Range(0, 100).Select(i => Client.OnceAsync(new Said { Number = i }, deadline: Late).ResponseAsync)];
        given.Dispose();
        Assert.Equal(Enumerable.Range(1, 100), (await Task.WhenAll(calls)).Select(s => s.Number));
        RpcException late = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            using AsyncDuplexStreamingCall<Said, Said> silent = Client.Echo(deadline: DateTime.UtcNow.AddMilliseconds(300));
            await silent.ResponseStream.MoveNext(CancellationToken.None);
        });
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        Assert.Equal(8, (await Client.OnceAsync(new Said { Number = 7 }, deadline: Late)).Number);
    }

    private static async Task<List<int>> NumbersOf(IAsyncStreamReader<Said> stream)
    {
        List<int> numbers = [];
        while (await stream.MoveNext(CancellationToken.None))
        {
            numbers.Add(stream.Current.Number);
        }

        return numbers;
    }

    private sealed class TalkService : Talk.TalkBase
    {
        public override Task<Said> Once(Said request, ServerCallContext context) => Task.FromResult(new Said { Number = request.Number + 1, Text = request.Text });

        public override async Task Count(Said request, IServerStreamWriter<Said> responseStream, ServerCallContext context)
        {
            for (int i = 0; i < request.Number; i++)
            {
                await responseStream.WriteAsync(new Said { Number = i });
            }
        }

        public override async Task<Said> Collect(IAsyncStreamReader<Said> requestStream, ServerCallContext context) =>
            new() { Number = (await NumbersOf(requestStream)).Sum() };

        public override async Task Echo(IAsyncStreamReader<Said> requestStream, IServerStreamWriter<Said> responseStream, ServerCallContext context)
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                await responseStream.WriteAsync(requestStream.Current);
            }
        }
    }
}
