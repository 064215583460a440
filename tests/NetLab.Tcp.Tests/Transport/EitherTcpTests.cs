using System.IO.Pipelines;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>The same application over NetLab's TCP and the kernel's: what it can see of a stream is the same.</summary>
public sealed class EitherTcpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(StreamCarrier.NetLab)]
    [InlineData(StreamCarrier.Kernel)]
    [Conformance(177)]
    public async Task After_a_half_close_the_other_half_goes_on(StreamCarrier carrier)
    {
        (StreamEnd client, StreamEnd server) = await StreamEnd.OpenPair(carrier);
        await using StreamEnd first = client, second = server;
        byte[] request = StreamBehaviourTests.Bytes(1, 1000);
        byte[] answer = StreamBehaviourTests.Bytes(2, 300_000);
        await client.Output.WriteAsync(request);
        await client.ShutdownSend();
        Assert.Equal(request, await ReadToEnd(server));
        await server.Output.WriteAsync(answer).AsTask().WaitAsync(Patience);
        await server.ShutdownSend();
        Assert.Equal(answer, await ReadToEnd(client));
    }

    [Theory]
    [InlineData(StreamCarrier.NetLab)]
    [InlineData(StreamCarrier.Kernel)]
    [Conformance(177)]
    public async Task The_end_of_a_stream_stays_its_end(StreamCarrier carrier)
    {
        (StreamEnd client, StreamEnd server) = await StreamEnd.OpenPair(carrier);
        await using StreamEnd first = client, second = server;
        await client.ShutdownSend();
        for (int i = 0; i < 3; i++)
        {
            ReadResult end = await server.Input.ReadAsync().AsTask().WaitAsync(Patience);
            Assert.True(end.IsCompleted);
            Assert.True(end.Buffer.IsEmpty);
            server.Input.AdvanceTo(end.Buffer.End);
        }
    }

    [Theory]
    [InlineData(StreamCarrier.NetLab)]
    [InlineData(StreamCarrier.Kernel)]
    [Conformance(177)]
    public async Task One_write_may_be_larger_than_every_buffer_both_ways_at_once(StreamCarrier carrier)
    {
        (StreamEnd client, StreamEnd server) = await StreamEnd.OpenPair(carrier);
        await using StreamEnd first = client, second = server;
        byte[] up = StreamBehaviourTests.Bytes(3, 24 << 20);
        byte[] down = StreamBehaviourTests.Bytes(4, 24 << 20);
        Task<byte[]> atServer = ReadToEnd(server);
        Task<byte[]> atClient = ReadToEnd(client);
        await Task.WhenAll(WriteAndShutdown(client, up), WriteAndShutdown(server, down)).WaitAsync(Patience);
        Assert.Equal(up, await atServer);
        Assert.Equal(down, await atClient);
    }

    [Theory]
    [InlineData(StreamCarrier.NetLab)]
    [InlineData(StreamCarrier.Kernel)]
    [Conformance(177)]
    public async Task A_write_after_the_shutdown_is_refused_and_never_arrives(StreamCarrier carrier)
    {
        (StreamEnd client, StreamEnd server) = await StreamEnd.OpenPair(carrier);
        await using StreamEnd first = client, second = server;
        byte[] said = StreamBehaviourTests.Bytes(5, 100);
        await client.Output.WriteAsync(said);
        await client.ShutdownSend();
        await Assert.ThrowsAnyAsync<Exception>(() => client.Output.WriteAsync(new byte[10]).AsTask().WaitAsync(Patience));
        Assert.Equal(said, await ReadToEnd(server));
    }

    [Theory]
    [InlineData(StreamCarrier.NetLab)]
    [InlineData(StreamCarrier.Kernel)]
    [Conformance(177)]
    public async Task An_abort_is_an_error_at_the_reader_and_no_end(StreamCarrier carrier)
    {
        (StreamEnd client, StreamEnd server) = await StreamEnd.OpenPair(carrier);
        await using StreamEnd first = client, second = server;
        client.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => ReadToEnd(server));
    }

    [Theory]
    [InlineData(StreamCarrier.NetLab)]
    [InlineData(StreamCarrier.Kernel)]
    [Conformance(177)]
    public async Task Whoever_writes_to_a_closed_peer_learns_of_it(StreamCarrier carrier)
    {
        (StreamEnd client, StreamEnd server) = await StreamEnd.OpenPair(carrier);
        await using StreamEnd first = client, second = server;
        await server.DisposeAsync();
        Task writing = WriteUntilRefused(client);
        await writing.WaitAsync(Patience);
    }

    // A pipe tells a writer that nobody reads by its result, a stream by an exception: either is an answer.
    private static async Task WriteUntilRefused(StreamEnd end)
    {
        try
        {
            while (!(await end.Output.WriteAsync(new byte[100_000])).IsCompleted)
            {
            }
        }
        catch (IOException)
        {
        }
    }

    private static async Task WriteAndShutdown(StreamEnd end, byte[] bytes)
    {
        await end.Output.WriteAsync(bytes);
        await end.ShutdownSend();
    }

    private static async Task<byte[]> ReadToEnd(StreamEnd end)
    {
        using var bytes = new MemoryStream();
        await end.Input.CopyToAsync(bytes).WaitAsync(Patience);
        return bytes.ToArray();
    }
}
