using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>What goes wrong in an endpoint, or in what it was given, harms as little as it can, and whoever waits hears of it.</summary>
public sealed class EndpointFailureTests
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task An_endpoint_that_fails_tells_its_acceptors_and_its_connections_why()
    {
        await using TcpEndpoint server = TcpEndpoint.Bind(Anywhere);
        TcpConnectionListener listener = server.Listen();
        Task<TcpConnection?> accepting = listener.AcceptAsync().AsTask();
        await using TcpEndpoint client = TcpEndpoint.Bind(Anywhere);
        await using TcpConnection connection = await client.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience);
        await using TcpConnection accepted = (await accepting.WaitAsync(Patience))!;
        Task<TcpConnection?> waiting = listener.AcceptAsync().AsTask();
        server.TryPost(() => throw new InvalidOperationException("a fault of its own"));
        var told = await Assert.ThrowsAsync<IOException>(() => waiting.WaitAsync(Patience));
        Assert.Equal($"The endpoint {server.LocalEndPoint} failed: a fault of its own", told.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.Completion.WaitAsync(Patience));
        await Assert.ThrowsAsync<InvalidOperationException>(() => listener.Completion.WaitAsync(Patience));
        await Assert.ThrowsAsync<InvalidOperationException>(() => accepted.Transport.Input.ReadAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task An_endpoint_that_is_disposed_of_ends_the_waiting_of_its_acceptors()
    {
        TcpEndpoint server = TcpEndpoint.Bind(Anywhere);
        TcpConnectionListener listener = server.Listen();
        Task<TcpConnection?> accepting = listener.AcceptAsync().AsTask();
        await server.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.Null(await accepting.WaitAsync(Patience));
        await listener.Completion.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_tap_that_throws_ends_the_recording_and_not_the_connections()
    {
        int seen = 0;
        var options = new TcpEndpointOptions
        {
            Tap = (_, _, _, _) =>
            {
                if (++seen > 3)
                {
                    throw new IOException("No space left on device");
                }
            },
        };
        await using TcpEndpoint server = TcpEndpoint.Bind(Anywhere, options);
        TcpConnectionListener listener = server.Listen();
        await using TcpEndpoint client = TcpEndpoint.Bind(Anywhere);
        await using TcpConnection connection = await client.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience);
        await using TcpConnection accepted = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        await Exchange(connection, accepted, 500_000);
        Assert.Equal("No space left on device", server.TapFailure?.Message);
        Assert.Null(client.TapFailure);
        Assert.Equal(4, seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_observer_that_throws_ends_the_observation_and_not_the_connection(bool whenAsked)
    {
        int heard = 0;
        var options = new TcpEndpointOptions
        {
            Connection = new ConnectionOptions
            {
                Observe = _ => whenAsked ? throw new IOException("no file") : new ThrowingObserver(() => heard++),
            },
        };
        await using TcpEndpoint server = TcpEndpoint.Bind(Anywhere, options);
        TcpConnectionListener listener = server.Listen();
        await using TcpEndpoint client = TcpEndpoint.Bind(Anywhere, options);
        await using TcpConnection connection = await client.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience);
        await using TcpConnection accepted = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        await Exchange(connection, accepted, 500_000);
        Assert.Equal(whenAsked ? 0 : 2, heard);
    }

    [Fact]
    public async Task A_pool_that_has_nothing_to_give_ends_the_connection_that_asked_and_no_other()
    {
        var pool = new LimitedPool();
        await using TcpEndpoint server = TcpEndpoint.Bind(Anywhere, new TcpEndpointOptions { MemoryPool = pool });
        TcpConnectionListener listener = server.Listen();
        await using TcpEndpoint client = TcpEndpoint.Bind(Anywhere);
        await using TcpConnection first = await client.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience);
        await using TcpConnection second = await client.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience);
        await using TcpConnection firstAtServer = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        await using TcpConnection secondAtServer = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        pool.IsEmpty = true;
        await first.Transport.Output.WriteAsync(new byte[1000]);
        Assert.Equal(CloseReason.Aborted, await firstAtServer.Ended.WaitAsync(Patience));
        var told = await Assert.ThrowsAsync<ConnectionAbortedException>(() => firstAtServer.Transport.Input.ReadAsync().AsTask().WaitAsync(Patience));
        Assert.Equal("There was no memory for what the peer sent.", told.Message);
        pool.IsEmpty = false;
        await Exchange(second, secondAtServer, 100_000);
    }

    [Fact]
    public async Task A_connect_that_is_given_up_before_the_loop_has_seen_it_sends_nothing_and_leaves_no_connection()
    {
        using var meter = new TcpMeter();
        await using TcpEndpoint server = TcpEndpoint.Bind(Anywhere, new TcpEndpointOptions { Meter = meter });
        TcpConnectionListener listener = server.Listen();
        await using TcpEndpoint client = TcpEndpoint.Bind(Anywhere, new TcpEndpointOptions { UnsafePreferInlineScheduling = true });
        await using TcpConnection first = await client.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience);
        foreach (Task one in await GiveUpOnLoop(client, server.LocalEndPoint).WaitAsync(Patience))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one.WaitAsync(Patience));
        }

        using var already = new CancellationTokenSource();
        await already.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ConnectAsync(server.LocalEndPoint, already.Token));

        // One that is not given up comes behind them: whatever they sent has arrived before it.
        await using TcpConnection last = await client.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience);
        await using TcpConnection firstAccepted = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        await using TcpConnection lastAccepted = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
        await Exchange(last, lastAccepted, 1000);
        Assert.Equal(2, meter.Connections.Count);
    }

    [Fact]
    public async Task An_abort_keeps_its_reason_and_wins_over_a_close_that_follows()
    {
        await using var pair = await ConnectedPair.Open();
        var reason = new ConnectionAbortedException("half of the answer is missing");
        Task<ReadResult> reading = pair.Client.Transport.Input.ReadAsync().AsTask();
        pair.Client.Abort(reason);
        await pair.Client.DisposeAsync();
        Assert.Same(reason, await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WaitAsync(Patience)));
        Assert.Equal(CloseReason.Aborted, await pair.Client.Ended.WaitAsync(Patience));
        Assert.Equal(CloseReason.Reset, await pair.Server.Ended.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_reader_that_consumed_a_little_and_then_needs_nearly_the_whole_buffer_gets_it()
    {
        await using var pair = await ConnectedPair.Open(new ConnectionOptions { ReceiveBufferSize = 32 << 10 });
        Task writing = pair.Client.Transport.Output.WriteAsync(new byte[100_000]).AsTask();
        PipeReader reader = pair.Server.Transport.Input;

        // The whole window has come, and the peer waits.
        ReadResult full = await reader.ReadAtLeastAsync(32 << 10).AsTask().WaitAsync(Patience);
        reader.AdvanceTo(full.Buffer.GetPosition(3000), full.Buffer.GetPosition(3000));
        ReadResult most = await reader.ReadAtLeastAsync(31_000).AsTask().WaitAsync(Patience);
        Assert.InRange(most.Buffer.Length, 31_000, 32 << 10);
        reader.AdvanceTo(most.Buffer.End);
        await reader.CompleteAsync();
        await writing.WaitAsync(Patience);
    }

    // As an application on the loop, which looks at signals behind it, and only then at commands.
    private static Task<List<Task>> GiveUpOnLoop(TcpEndpoint client, IPEndPoint server)
    {
        var done = new TaskCompletionSource<List<Task>>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationScheduler.Schedule(
            _ =>
        {
            List<Task> connecting = [];
            for (int i = 0; i < 100; i++)
            {
                using var cancelled = new CancellationTokenSource();
                connecting.Add(client.ConnectAsync(server, cancelled.Token));
                cancelled.Cancel();
            }

            done.TrySetResult(connecting);
        },
            null);
        return done.Task;
    }

    private static async Task Exchange(TcpConnection from, TcpConnection to, int bytes)
    {
        byte[] sent = new byte[bytes];
        new Random(bytes).NextBytes(sent);
        Task writing = from.Transport.Output.WriteAsync(sent).AsTask();
        ReadResult read = await to.Transport.Input.ReadAtLeastAsync(bytes).AsTask().WaitAsync(Patience);
        Assert.Equal(sent, read.Buffer.ToArray());
        to.Transport.Input.AdvanceTo(read.Buffer.End);
        await writing.WaitAsync(Patience);
    }

    private sealed class ThrowingObserver(Action heard) : IConnectionObserver
    {
        public void OnEvent(in ConnectionEvent happened)
        {
            heard();
            throw new IOException("No space left on device");
        }
    }

    private sealed class LimitedPool : MemoryPool<byte>
    {
        public volatile bool IsEmpty;

        public override int MaxBufferSize => Shared.MaxBufferSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => IsEmpty ? throw new InvalidOperationException("the pool is empty") : Shared.Rent(minBufferSize);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
