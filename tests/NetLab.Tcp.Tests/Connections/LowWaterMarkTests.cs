using System.IO.Pipelines;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Tcp.Tests.Transport;

namespace NetLab.Tcp.Tests.Connections;

/// <summary>A writer that is woken only when little of what it wrote is unsent.</summary>
public sealed class LowWaterMarkTests
{
    [Fact]
    [Conformance(91)]
    public void A_writer_is_woken_once_when_what_is_unsent_falls_below_the_mark()
    {
        var options = new ConnectionOptions { Pacing = false, UnsentLowWaterMark = 1_000 };
        ConnectionScript script = ConnectionScript.Established(options, new SegmentOptions { MaxSegmentSize = 100 }, window: 500);
        script.Write(new byte[400]);
        Assert.Equal(0, script.Stream.UnsentLowCount);

        // 400 and 100 are out, 1,900 are not; then 1,400, then 900.
        script.Write(new byte[2_000]);
        Assert.Equal((1_900, 0), (script.Connection!.Unsent, script.Stream.UnsentLowCount));
        script.Inject(Say.Ack(1, 501, window: 500));
        Assert.Equal((1_400, 0), (script.Connection.Unsent, script.Stream.UnsentLowCount));
        script.Inject(Say.Ack(1, 1_001, window: 500));
        Assert.Equal((900, 1), (script.Connection.Unsent, script.Stream.UnsentLowCount));

        // Not again for going further down, nor for a little more; but for too much again.
        script.Inject(Say.Ack(1, 1_501, window: 500));
        script.Write(new byte[10]);
        Assert.Equal(1, script.Stream.UnsentLowCount);
        script.Write(new byte[1_000]);
        script.Inject(Say.Ack(1, 2_001, window: 1_000));
        Assert.Equal(2, script.Stream.UnsentLowCount);
    }

    [Theory]
    [InlineData(null, 2_000_000, 3_000_000)]
    [InlineData(50_000, 50_000, 400_000)]
    [Conformance(91)]
    public async Task A_pipe_takes_no_more_than_the_mark_beyond_what_can_be_sent(int? mark, long least, long most)
    {
        var options = new ConnectionOptions { ReceiveBufferSize = 100_000, SendBufferSize = 2_000_000, UnsentLowWaterMark = mark };
        await using var pair = await ConnectedPair.Open(options);
        byte[] piece = new byte[10_000];
        (long accepted, long read, long ahead) = (0, 0, 0);
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                ValueTask<FlushResult> write = pair.Client.Transport.Output.WriteAsync(piece);
                accepted += piece.Length;
                ahead = Math.Max(ahead, accepted - Interlocked.Read(ref read));
                if (accepted >= least)
                {
                    enough.TrySetResult();
                }

                await write;
            }

            await pair.Client.Transport.Output.CompleteAsync();
        });

        // So far it gets though nobody reads; and everything arrives once somebody does.
        await enough.Task.WaitAsync(Patience);
        ReadResult result;
        do
        {
            result = await pair.Server.Transport.Input.ReadAsync().AsTask().WaitAsync(Patience);
            Interlocked.Add(ref read, result.Buffer.Length);
            pair.Server.Transport.Input.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);
        await writing.WaitAsync(Patience);
        Assert.Equal(10_000_000, read);
        Assert.InRange(ahead, least, most);
    }

    [Fact]
    public async Task A_writer_that_waits_for_the_mark_can_be_cancelled_and_is_let_go_at_the_end()
    {
        var options = new ConnectionOptions { ReceiveBufferSize = 10_000, UnsentLowWaterMark = 1 };
        await using var pair = await ConnectedPair.Open(options);
        PipeWriter output = pair.Client.Transport.Output;
        Task<FlushResult> first = output.WriteAsync(new byte[100_000]).AsTask();
        output.CancelPendingFlush();
        Assert.True((await first.WaitAsync(Patience)).IsCanceled);

        using var late = new CancellationTokenSource();
        Task<FlushResult> second = output.WriteAsync(new byte[1], late.Token).AsTask();
        await late.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Patience));

        Task<FlushResult> third = output.WriteAsync(new byte[1]).AsTask();
        pair.Server.Abort();
        await third.WaitAsync(Patience);
    }
}
