using System.IO.Pipelines;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>What disposing waits for.</summary>
public sealed class LingerTests
{
    // Far more than the peer's buffer takes while nobody reads there.
    private static readonly ConnectionOptions SmallBuffers = new() { ReceiveBufferSize = 16 << 10, SendBufferSize = 1 << 20 };

    [Fact]
    [Conformance(155)]
    public async Task Zero_resets_and_does_not_wait()
    {
        await using var pair = await ConnectedPair.Open(SmallBuffers);
        await pair.Client.Transport.Output.WriteAsync(StreamBehaviourTests.Bytes(1, 200_000));
        pair.Client.Linger = TimeSpan.Zero;
        await pair.Client.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.Equal(CloseReason.Reset, await pair.Server.Ended.WaitAsync(Patience));
        Assert.Equal(CloseReason.Aborted, await pair.Client.Ended.WaitAsync(Patience));
    }

    [Fact]
    [Conformance(155)]
    public async Task Disposing_waits_until_the_peer_has_everything_though_it_does_not_close()
    {
        await using var pair = await ConnectedPair.Open(SmallBuffers);
        byte[] bytes = StreamBehaviourTests.Bytes(2, 200_000);
        await pair.Client.Transport.Output.WriteAsync(bytes);
        pair.Client.Linger = Patience;
        Task disposing = pair.Client.DisposeAsync().AsTask();
        ReadResult full = await pair.Server.Transport.Input.ReadAtLeastAsync(16 << 10).AsTask().WaitAsync(Patience);
        Assert.False(disposing.IsCompleted);
        pair.Server.Transport.Input.AdvanceTo(full.Buffer.Start);
        Assert.Equal(bytes, await StreamBehaviourTests.ReadToEnd(pair.Server).WaitAsync(Patience));
        await disposing.WaitAsync(Patience);
        Assert.False(pair.Server.Ended.IsCompleted);
    }

    [Fact]
    [Conformance(155)]
    public async Task When_the_time_is_over_disposing_returns_and_the_rest_is_still_sent()
    {
        await using var pair = await ConnectedPair.Open(SmallBuffers);
        byte[] bytes = StreamBehaviourTests.Bytes(3, 200_000);
        await pair.Client.Transport.Output.WriteAsync(bytes);
        pair.Client.Linger = TimeSpan.FromMilliseconds(50);
        await pair.Client.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.False(pair.Client.Ended.IsCompleted);
        Assert.Equal(bytes, await StreamBehaviourTests.ReadToEnd(pair.Server).WaitAsync(Patience));
    }
}
