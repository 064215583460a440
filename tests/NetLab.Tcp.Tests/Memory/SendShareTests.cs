using System.IO.Pipelines;
using System.Net;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Tcp.Tests.Connections;
using NetLab.Tcp.Transport;

namespace NetLab.Tcp.Tests.Memory;

/// <summary>Writers wait for their share while memory is short.</summary>
public sealed class SendShareTests
{
    private const int Buffer = 64 << 10;

    private readonly MemoryBudget _budget = new(MemoryBudget.MinLimit);

    [Fact]
    public void While_there_is_enough_nobody_waits()
    {
        _budget.Add(_budget.Limit / 2);
        Assert.True(Pass(new SendShare(_budget, Buffer), Buffer).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task From_half_on_a_flush_waits_until_the_peer_has_what_is_more_than_the_share()
    {
        var share = new SendShare(_budget, Buffer);
        _budget.Add(_budget.Limit / 4 * 3);
        Assert.True(Pass(share, Buffer / 2).AsTask().IsCompletedSuccessfully);
        Task<FlushResult> waiting = Pass(share, 1000).AsTask();
        Assert.False(waiting.IsCompleted);
        share.OnAcknowledged(999);
        Assert.False(waiting.IsCompleted);
        share.OnAcknowledged(1);
        Assert.False((await waiting.WaitAsync(Patience)).IsCanceled);
    }

    [Fact]
    public async Task A_flush_that_waits_can_be_cancelled_and_ends_with_the_connection()
    {
        var share = new SendShare(_budget, Buffer);
        _budget.Add(_budget.Limit);
        Assert.False(share.TryCancel());
        Task<FlushResult> cancelled = Pass(share, 17 << 10).AsTask();
        Assert.True(share.TryCancel());
        Assert.True((await cancelled.WaitAsync(Patience)).IsCanceled);
        Assert.False(share.TryCancel());
        using var given = new CancellationTokenSource();
        Task<FlushResult> givenUp = Pass(share, 1, given.Token).AsTask();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp.WaitAsync(Patience));
        Task<FlushResult> last = Pass(share, 1).AsTask();
        Assert.False(last.IsCompleted);
        share.End();
        Assert.False((await last.WaitAsync(Patience)).IsCanceled);
        Assert.True(Pass(share, Buffer).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    [Conformance(168)]
    public async Task However_many_connections_write_to_peers_that_are_slow_to_read_they_hold_no_more_than_the_budget_and_lose_nothing()
    {
        const int Connections = 24;
        const int Length = 512 << 10;
        var options = new TcpEndpointOptions { MemoryLimit = 4 << 20 };
        await using TcpEndpoint server = TcpEndpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0), options);
        await using TcpConnectionListener listener = server.Listen();
        await using TcpEndpoint client = TcpEndpoint.Bind(
            new IPEndPoint(IPAddress.Loopback, 0), new TcpEndpointOptions { Connection = new ConnectionOptions { ReceiveBufferSize = 16 << 10 } });
        byte[] stream = Say.Bytes(Length);
        List<TcpConnection> readers = [];
        List<TcpConnection> writers = [];
        for (int i = 0; i < Connections; i++)
        {
            Task<TcpConnection> connecting = client.ConnectAsync(server.LocalEndPoint);
            TcpConnection accepted = (await listener.AcceptAsync().AsTask().WaitAsync(Patience))!;
            readers.Add(await connecting.WaitAsync(Patience));
            writers.Add(accepted);
        }

        // When all are there, and not before: who comes when all memory is used is not let in.
        List<Task> writing = [.. writers.Select(w => Task.Run(() => WriteAsync(w, stream)))];

        foreach (TcpConnection reader in readers)
        {
            await using TcpConnectionStream read = new(reader);
            byte[] got = new byte[Length];
            await read.ReadExactlyAsync(got).AsTask().WaitAsync(Patience);
            Assert.True(got.AsSpan().SequenceEqual(stream));
        }

        await Task.WhenAll(writing).WaitAsync(Patience);

        // Each would fill its send buffer: twelve MiB together.
        Assert.InRange(server.Memory.Peak, server.Memory.Limit / 2, server.Memory.Limit * 3 / 2);
    }

    private static async Task WriteAsync(TcpConnection connection, byte[] stream)
    {
        await using (connection)
        {
            for (int at = 0; at < stream.Length; at += 4096)
            {
                await connection.Transport.Output.WriteAsync(stream.AsMemory(at, 4096));
            }
        }
    }

    private static ValueTask<FlushResult> Pass(SendShare share, long bytes, CancellationToken cancellationToken = default) =>
        share.PassAsync(ValueTask.FromResult(new FlushResult(isCanceled: false, isCompleted: false)), bytes, cancellationToken);
}
