using System.IO.Pipelines;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>The same application over NetLab's TCP and the kernel's: what it can see of a stream is the same.</summary>
public abstract class EitherTcpTests(StreamCarrier carrier) : IAsyncLifetime
{
    // Set before each test.
    private StreamEnd _client = null!;
    private StreamEnd _server = null!;

    public async Task InitializeAsync() => (_client, _server) = await StreamEnd.OpenPair(carrier);

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    [Conformance(177)]
    public async Task After_a_half_close_the_other_half_goes_on()
    {
        byte[] request = StreamBehaviourTests.Bytes(1, 1000);
        byte[] answer = StreamBehaviourTests.Bytes(2, 300_000);
        await _client.Output.WriteAsync(request);
        await _client.ShutdownSend();
        Assert.Equal(request, await ReadToEnd(_server));
        await _server.Output.WriteAsync(answer).AsTask().WaitAsync(Patience);
        await _server.ShutdownSend();
        Assert.Equal(answer, await ReadToEnd(_client));
    }

    [Fact]
    [Conformance(177)]
    public async Task The_end_of_a_stream_stays_its_end()
    {
        await _client.ShutdownSend();
        for (int i = 0; i < 3; i++)
        {
            ReadResult end = await _server.Input.ReadAsync().AsTask().WaitAsync(Patience);
            Assert.True(end.IsCompleted);
            Assert.True(end.Buffer.IsEmpty);
            _server.Input.AdvanceTo(end.Buffer.End);
        }
    }

    [Fact]
    [Conformance(177)]
    public async Task One_write_may_be_larger_than_every_buffer_both_ways_at_once()
    {
        byte[] up = StreamBehaviourTests.Bytes(3, 24 << 20);
        byte[] down = StreamBehaviourTests.Bytes(4, 24 << 20);
        Task<byte[]> atServer = ReadToEnd(_server);
        Task<byte[]> atClient = ReadToEnd(_client);
        await Task.WhenAll(WriteAndShutdown(_client, up), WriteAndShutdown(_server, down)).WaitAsync(Patience);
        Assert.Equal(up, await atServer);
        Assert.Equal(down, await atClient);
    }

    [Fact]
    [Conformance(177)]
    public async Task A_write_after_the_shutdown_is_refused_and_never_arrives()
    {
        byte[] said = StreamBehaviourTests.Bytes(5, 100);
        await _client.Output.WriteAsync(said);
        await _client.ShutdownSend();
        await Assert.ThrowsAnyAsync<Exception>(() => _client.Output.WriteAsync(new byte[10]).AsTask().WaitAsync(Patience));
        Assert.Equal(said, await ReadToEnd(_server));
    }

    [Fact]
    [Conformance(177)]
    public async Task An_abort_is_an_error_at_the_reader_and_no_end()
    {
        _client.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => ReadToEnd(_server));
    }

    [Fact]
    [Conformance(177)]
    public async Task Whoever_writes_to_a_closed_peer_learns_of_it()
    {
        await _server.DisposeAsync();
        await WriteUntilRefused(_client).WaitAsync(Patience);
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

    public sealed class OverNetLab() : EitherTcpTests(StreamCarrier.NetLab);

    public sealed class OverTheKernel() : EitherTcpTests(StreamCarrier.Kernel);
}
