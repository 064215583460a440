using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>What an application may rely on, over real sockets on loopback.</summary>
public sealed class StreamBehaviourTests
{
    [Fact]
    public async Task Bytes_arrive_both_ways_in_order()
    {
        await using var pair = await ConnectedPair.Open();
        byte[] up = Bytes(1, 3_000_000);
        byte[] down = Bytes(2, 2_000_000);
        Task<byte[]> atServer = ReadToEnd(pair.Server);
        Task<byte[]> atClient = ReadToEnd(pair.Client);
        await Task.WhenAll(WriteAndFinish(pair.Client, up), WriteAndFinish(pair.Server, down)).WaitAsync(Patience);
        Assert.Equal(up, await atServer.WaitAsync(Patience));
        Assert.Equal(down, await atClient.WaitAsync(Patience));
        Assert.Equal(CloseReason.Finished, await pair.Client.Ended.WaitAsync(Patience));
        Assert.Equal(CloseReason.Finished, await pair.Server.Ended.WaitAsync(Patience));
    }

    [Fact]
    [Conformance(142)]
    public async Task After_our_fin_the_peer_may_still_send()
    {
        await using var pair = await ConnectedPair.Open();
        await pair.Client.Transport.Output.CompleteAsync();
        Assert.Empty(await ReadToEnd(pair.Server).WaitAsync(Patience));
        byte[] late = Bytes(3, 100_000);
        await WriteAndFinish(pair.Server, late).WaitAsync(Patience);
        Assert.Equal(late, await ReadToEnd(pair.Client).WaitAsync(Patience));
    }

    [Fact]
    public async Task What_is_acknowledged_has_reached_the_peer_and_a_peer_that_is_gone_acknowledges_nothing()
    {
        await using var pair = await ConnectedPair.Open(new ConnectionOptions { ReceiveBufferSize = 200_000 });
        await pair.Client.WaitForAcknowledgedAsync().WaitAsync(Patience);
        await pair.Client.Transport.Output.WriteAsync(Bytes(1, 150_000));
        await pair.Client.WaitForAcknowledgedAsync().WaitAsync(Patience);
        Assert.Equal(150_000, pair.Server.Statistics.BytesReceived);

        // More than the peer has room for, and nobody reads: it is not there until somebody does.
        await pair.Client.Transport.Output.WriteAsync(Bytes(2, 150_000));
        Task acknowledged = pair.Client.WaitForAcknowledgedAsync();
        using var late = new CancellationTokenSource();
        Task cancelled = pair.Client.WaitForAcknowledgedAsync(late.Token);
        await late.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Patience));
        Assert.False(acknowledged.IsCompleted);
        pair.Server.Abort();
        await Assert.ThrowsAsync<IOException>(() => acknowledged.WaitAsync(Patience));
        await Assert.ThrowsAsync<IOException>(() => pair.Client.WaitForAcknowledgedAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task Nobody_on_the_port_refuses_at_once()
    {
        var free = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var nobody = (IPEndPoint)free.LocalEndPoint!;
        free.Dispose();
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => new TcpConnectionFactory().ConnectAsync(nobody).WaitAsync(Patience));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Fact]
    public async Task An_endpoint_without_a_listener_refuses_by_reset()
    {
        await using TcpEndpoint endpoint = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        SocketException error = await Assert.ThrowsAsync<SocketException>(
            () => new TcpConnectionFactory().ConnectAsync(endpoint.LocalEndPoint).WaitAsync(Patience));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Fact]
    public async Task An_abort_shows_at_the_peer_as_a_reset()
    {
        await using var pair = await ConnectedPair.Open();
        pair.Client.Abort();
        await Assert.ThrowsAsync<ConnectionResetException>(() => ReadToEnd(pair.Server).WaitAsync(Patience));
        Assert.Equal(CloseReason.Reset, await pair.Server.Ended.WaitAsync(Patience));
    }

    [Fact]
    public async Task Who_reads_a_little_at_a_time_gets_all_that_came_before_a_reset()
    {
        await using var pair = await ConnectedPair.Open();
        byte[] said = Bytes(9, 50_000);
        await pair.Server.Transport.Output.WriteAsync(said);
        ReadResult all = await pair.Client.Transport.Input.ReadAtLeastAsync(said.Length).AsTask().WaitAsync(Patience);
        pair.Client.Transport.Input.AdvanceTo(all.Buffer.Start);
        pair.Server.Abort();
        Assert.Equal(CloseReason.Reset, await pair.Client.Ended.WaitAsync(Patience));
        await using var stream = new TcpConnectionStream(pair.Client);
        byte[] got = new byte[said.Length];
        for (int at = 0; at < got.Length;)
        {
            int read = await stream.ReadAsync(got.AsMemory(at, Math.Min(700, got.Length - at))).AsTask().WaitAsync(Patience);
            Assert.NotEqual(0, read);
            at += read;
        }

        Assert.Equal(said, got);
        await Assert.ThrowsAsync<ConnectionResetException>(() => stream.ReadAsync(got).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task An_end_of_stream_that_has_come_stays_one_whatever_comes_after_it()
    {
        await using var pair = await ConnectedPair.Open();
        byte[] said = Bytes(10, 5000);
        await WriteAndFinish(pair.Server, said);
        ReadResult all;
        do
        {
            all = await pair.Client.Transport.Input.ReadAtLeastAsync(said.Length).AsTask().WaitAsync(Patience);
            pair.Client.Transport.Input.AdvanceTo(all.Buffer.Start, all.Buffer.End);
        }
        while (!all.IsCompleted);

        pair.Server.Abort();
        Assert.Equal(CloseReason.Reset, await pair.Client.Ended.WaitAsync(Patience));
        Assert.Equal(said, await ReadToEnd(pair.Client).WaitAsync(Patience));
    }

    [Fact]
    public async Task What_was_said_before_a_reset_is_still_read_and_then_the_reset_is_told()
    {
        // What may leave at once does; paced, after a first round trip that a busy machine made long, that is less than all.
        await using var pair = await ConnectedPair.Open(new ConnectionOptions { Pacing = false });
        await pair.Client.Transport.Output.WriteAsync(Bytes(1, 300_000));
        ReadResult some = await pair.Server.Transport.Input.ReadAtLeastAsync(1000).AsTask().WaitAsync(Patience);
        pair.Server.Transport.Input.AdvanceTo(some.Buffer.Start);

        // An answer to a question that is not read to its end, as a server gives one that is too long for it.
        byte[] answer = Bytes(2, 5000);
        await pair.Server.Transport.Output.WriteAsync(answer);
        await pair.Server.DisposeAsync();
        Assert.Equal(CloseReason.Reset, await pair.Client.Ended.WaitAsync(Patience));
        PipeReader input = pair.Client.Transport.Input;
        ReadResult read = await input.ReadAsync().AsTask().WaitAsync(Patience);
        Assert.False(read.IsCompleted);
        Assert.Equal(answer, System.Buffers.BuffersExtensions.ToArray(read.Buffer));

        // Who wants more than there is hears why there is no more, again and again.
        input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        await Assert.ThrowsAsync<ConnectionResetException>(() => input.ReadAsync().AsTask().WaitAsync(Patience));
        Assert.Throws<ConnectionResetException>(() => input.TryRead(out _));
    }

    [Fact]
    public async Task What_was_said_before_a_reset_leaves_first_however_often_the_loop_is_called_before_it_can_send()
    {
        using var mayGoOn = new ManualResetEventSlim();
        using var hasStopped = new ManualResetEventSlim();
        bool stops = false;
        await using var pair = await ConnectedPair.Open(new ConnectionOptions { Pacing = false }, (_, _, _, sent) =>
        {
            if (sent && Volatile.Read(ref stops))
            {
                hasStopped.Set();
                mayGoOn.Wait(Patience);
            }
        });
        await pair.Client.Transport.Output.WriteAsync(Bytes(1, 1000));
        ReadResult some = await pair.Server.Transport.Input.ReadAtLeastAsync(1000).AsTask().WaitAsync(Patience);
        pair.Server.Transport.Input.AdvanceTo(some.Buffer.Start);

        // The server's loop stands still while it sends an acknowledgment; meanwhile its application says all of this.
        Volatile.Write(ref stops, true);
        await pair.Client.Transport.Output.WriteAsync(Bytes(2, 1000));
        Assert.True(hasStopped.Wait(Patience));
        byte[] answer = Bytes(3, 5000);
        await pair.Server.Transport.Output.WriteAsync(answer);
        await pair.Server.DisposeAsync();
        Task[] waits = [.. Enumerable.Range(0, 3).Select(_ => pair.Server.WaitForAcknowledgedAsync())];
        Volatile.Write(ref stops, false);
        mayGoOn.Set();
        Assert.Equal(CloseReason.Reset, await pair.Client.Ended.WaitAsync(Patience));
        ReadResult read = await pair.Client.Transport.Input.ReadAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(answer, System.Buffers.BuffersExtensions.ToArray(read.Buffer));
        foreach (Task wait in waits)
        {
            // It was reset before the peer said that it has all.
            await Assert.ThrowsAsync<IOException>(() => wait.WaitAsync(Patience));
        }
    }

    [Fact]
    [Conformance(153)]
    public async Task Closing_with_unread_bytes_resets_the_peer()
    {
        await using var pair = await ConnectedPair.Open();
        await pair.Client.Transport.Output.WriteAsync(Bytes(4, 1000));
        ReadResult seen = await pair.Server.Transport.Input.ReadAsync().AsTask().WaitAsync(Patience);
        pair.Server.Transport.Input.AdvanceTo(seen.Buffer.Start, seen.Buffer.End);
        await pair.Server.DisposeAsync();
        Assert.Equal(CloseReason.Reset, await pair.Client.Ended.WaitAsync(Patience));
    }

    [Fact]
    [Conformance(168)]
    public async Task A_slow_reader_stops_the_writer_and_loses_nothing()
    {
        var options = new ConnectionOptions { ReceiveBufferSize = 32 << 10, SendBufferSize = 32 << 10 };
        await using var pair = await ConnectedPair.Open(options);
        byte[] bytes = Bytes(5, 1_000_000);
        Task writing = WriteAndFinish(pair.Client, bytes);
        ReadResult first = await pair.Server.Transport.Input.ReadAtLeastAsync(32 << 10).AsTask().WaitAsync(Patience);

        // Both buffers are full now: the writer waits, and no more than the window has been taken.
        Assert.False(writing.IsCompleted);
        Assert.InRange(first.Buffer.Length, 32 << 10, 33 << 10);
        pair.Server.Transport.Input.AdvanceTo(first.Buffer.Start);
        Assert.Equal(bytes, await ReadToEnd(pair.Server).WaitAsync(Patience));
        await writing.WaitAsync(Patience);
    }

    [Fact]
    public async Task Many_connections_share_one_socket()
    {
        await using TcpEndpoint server = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using TcpEndpoint client = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        TcpConnectionListener listener = server.Listen();
        Task serving = Task.Run(async () =>
        {
            while (await listener.AcceptAsync() is { } connection)
            {
                _ = Task.Run(async () =>
                {
                    await connection.Transport.Input.CopyToAsync(connection.Transport.Output);
                    await connection.DisposeAsync();
                });
            }
        });
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), async (i, stop) =>
        {
            await using TcpConnection connection = await client.ConnectAsync(server.LocalEndPoint, stop).WaitAsync(Patience, stop);
            byte[] bytes = Bytes(i, 5_000);
            await WriteAndFinish(connection, bytes);
            Assert.Equal(bytes, await ReadToEnd(connection).WaitAsync(Patience, stop));
        });
        await listener.DisposeAsync();
        await serving.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_cancelled_connect_leaves_the_endpoint_usable()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using TcpEndpoint client = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var cancelled = new CancellationTokenSource();
        Task<TcpConnection> connecting = client.ConnectAsync((IPEndPoint)silent.LocalEndPoint!, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Patience));
        await using TcpEndpoint server = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        TcpConnectionListener listener = server.Listen();
        await using TcpConnection connection = await client.ConnectAsync(server.LocalEndPoint).WaitAsync(Patience);
        Assert.NotNull(await listener.AcceptAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    [Conformance(167)]
    public async Task What_one_application_or_sender_does_wrong_harms_nobody_else()
    {
        await using var pair = await ConnectedPair.Open();
        await using TcpEndpoint client = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 0)));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.ConnectAsync(new IPEndPoint(IPAddress.Any, 9)));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.ConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, 9)));
        var server = (IPEndPoint)pair.Server.LocalEndPoint!;
        await using TcpConnection broken = await client.ConnectAsync(server).WaitAsync(Patience);
        await broken.Transport.Output.CompleteAsync(new InvalidOperationException("the application failed"));
        Assert.Equal(CloseReason.Aborted, await broken.Ended.WaitAsync(Patience));
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int length = 0; length < 100; length++)
        {
            sender.SendTo(Bytes(length, length), server);
        }

        byte[] bytes = Bytes(6, 50_000);
        await WriteAndFinish(pair.Client, bytes);
        Assert.Equal(bytes, await ReadToEnd(pair.Server).WaitAsync(Patience));
        await using TcpConnection good = await client.ConnectAsync(server).WaitAsync(Patience);
    }

    [Fact]
    [Conformance(169)]
    public async Task A_cancelled_read_or_write_leaves_the_stream_as_it_was()
    {
        await using var pair = await ConnectedPair.Open(new ConnectionOptions { SendBufferSize = 65_536, ReceiveBufferSize = 65_536 });
        using (var cancelled = new CancellationTokenSource())
        {
            ValueTask<ReadResult> reading = pair.Server.Transport.Input.ReadAsync(cancelled.Token);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);
        }

        // More than both buffers hold: the flush waits for a reader, and is given up.
        byte[] bytes = Bytes(3, 400_000);
        using (var cancelled = new CancellationTokenSource())
        {
            Task writing = pair.Client.Transport.Output.WriteAsync(bytes, cancelled.Token).AsTask();
            Assert.False(writing.IsCompleted);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        }

        // What was handed over before stays handed over, and what follows comes behind it.
        byte[] more = Bytes(4, 1000);
        Task<byte[]> all = ReadToEnd(pair.Server);
        await WriteAndFinish(pair.Client, more).WaitAsync(Patience);
        byte[] expected = [.. bytes, .. more];
        Assert.Equal(expected, await all.WaitAsync(Patience));
    }

    [Fact]
    [Conformance(169)]
    public async Task A_second_reader_at_the_same_time_is_refused()
    {
        await using var pair = await ConnectedPair.Open();
        _ = pair.Server.Transport.Input.ReadAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await pair.Server.Transport.Input.ReadAsync());
    }

    [Fact]
    [Conformance(170)]
    public async Task Disposing_with_everything_pending_completes_whoever_waits()
    {
        for (int i = 0; i < 20; i++)
        {
            await using var pair = await ConnectedPair.Open(new ConnectionOptions { SendBufferSize = 65_536, ReceiveBufferSize = 65_536 });
            Task reading = pair.Client.Transport.Input.ReadAsync().AsTask();
            Task writing = pair.Client.Transport.Output.WriteAsync(new byte[400_000]).AsTask();
            pair.Client.Abort();

            // Either may end in whatever way, but it ends.
            foreach (Task waiting in (Task[])[reading, writing])
            {
                await waiting.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(Patience);
            }

            Assert.Equal(CloseReason.Aborted, await pair.Client.Ended.WaitAsync(Patience));
        }
    }

    [Fact]
    [Conformance(159)]
    public async Task A_reader_that_stops_early_does_not_stall_the_writer()
    {
        await using var pair = await ConnectedPair.Open(new ConnectionOptions { ReceiveBufferSize = 16 << 10, SendBufferSize = 16 << 10 });
        Task writing = WriteAndFinish(pair.Client, Bytes(7, 500_000));
        await pair.Server.Transport.Input.ReadAtLeastAsync(16 << 10).AsTask().WaitAsync(Patience);
        await pair.Server.Transport.Input.CompleteAsync();
        await writing.WaitAsync(Patience);
    }

    internal static async Task WriteAndFinish(TcpConnection connection, ReadOnlyMemory<byte> bytes)
    {
        await connection.Transport.Output.WriteAsync(bytes);
        await connection.Transport.Output.CompleteAsync();
    }

    internal static async Task<byte[]> ReadToEnd(TcpConnection connection)
    {
        using var bytes = new MemoryStream();
        await connection.Transport.Input.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    internal static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
