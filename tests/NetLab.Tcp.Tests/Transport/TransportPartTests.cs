using System.Buffers;
using System.IO.Pipelines;
using CsCheck;
using Microsoft.AspNetCore.Connections;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Transport;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>What each part of a connection and of an endpoint promises by itself.</summary>
public sealed class TransportPartTests
{
    [Fact]
    public void Of_all_that_is_asked_for_an_abort_wins_and_the_first_ones_reason_stays() =>
        Gen.Int[0, 3].Array[0, 6].Sample(requests =>
        {
            var shutdown = new ShutdownRequest();
            var reasons = Enumerable.Range(0, 4).Select(i => new ConnectionAbortedException($"{i}")).ToArray();
            foreach (int request in requests)
            {
                if (request == 0)
                {
                    shutdown.RequestClose();
                }
                else
                {
                    shutdown.RequestAbort(reasons[request]);
                }
            }

            int first = requests.FirstOrDefault(r => r != 0);
            Assert.Equal(requests.Length > 0, shutdown.IsMade);
            Assert.Same(first == 0 ? null : reasons[first], shutdown.AbortReason);
            Assert.Equal(requests.Length > 0 && first == 0, shutdown.IsClose);
        });

    [Fact]
    public void An_abort_and_a_close_at_the_same_time_are_an_abort()
    {
        for (int i = 0; i < 1000; i++)
        {
            var shutdown = new ShutdownRequest();
            Parallel.Invoke(shutdown.RequestClose, () => shutdown.RequestAbort(new ConnectionAbortedException()), shutdown.RequestClose);
            Assert.NotNull(shutdown.AbortReason);
            Assert.False(shutdown.IsClose);
        }
    }

    [Fact]
    public void What_a_reader_consumed_is_told_at_the_latest_when_it_has_to_wait()
    {
        int signals = 0;
        var pipe = new ReceivePipe(new PipeOptions(useSynchronizationContext: false), 8000, () => signals++);
        pipe.Write(new byte[2000]);
        pipe.Flush();
        Consume(300);
        Consume(300);
        Assert.Equal(0, signals);

        // An eighth of the buffer.
        Consume(400);
        Assert.Equal((1, 1000), (signals, pipe.TakeConsumed()));
        Consume(1000);
        Assert.Equal((2, 1000), (signals, pipe.TakeConsumed()));
        pipe.Write(new byte[10]);
        pipe.Flush();
        Consume(10);
        Assert.Equal(2, signals);
        ValueTask<ReadResult> waiting = pipe.Reader.ReadAsync();
        Assert.False(waiting.IsCompleted);
        Assert.Equal((3, 10), (signals, pipe.TakeConsumed()));

        void Consume(int bytes)
        {
            Assert.True(pipe.Reader.TryRead(out ReadResult read));
            pipe.Reader.AdvanceTo(read.Buffer.GetPosition(bytes));
        }
    }

    [Fact]
    public async Task A_failure_of_the_peers_comes_behind_what_it_sent_and_one_of_ours_before()
    {
        foreach (bool keeps in (bool[])[true, false])
        {
            var pipe = new ReceivePipe(new PipeOptions(useSynchronizationContext: false), 8000, () => { });
            pipe.Write([1, 2, 3]);
            pipe.Fail(new IOException("broken"), keeps);
            if (keeps)
            {
                ReadResult read = await pipe.Reader.ReadAsync();
                Assert.Equal([1, 2, 3], read.Buffer.ToArray());
                pipe.Reader.AdvanceTo(read.Buffer.End);
            }

            await Assert.ThrowsAsync<IOException>(() => pipe.Reader.ReadAsync().AsTask().WaitAsync(Patience));
        }
    }

    [Fact]
    public void Written_bytes_stay_in_the_pipe_until_they_are_released() =>
        Gen.Select(Gen.Int[0, 3000], Gen.Int[0, 4000]).Array[1, 30].Sample(steps =>
        {
            SendPipe pipe = NewSendPipe(out _);
            List<byte> expected = [];
            byte next = 0;
            foreach ((int written, int acknowledged) in steps)
            {
                byte[] bytes = [.. Enumerable.Range(0, written).Select(_ => next++)];
                pipe.Writer.Write(bytes);
                _ = pipe.Writer.FlushAsync().AsTask();
                expected.AddRange(bytes);
                if (pipe.TryLook(out SendPipeContent content))
                {
                    Assert.Equal(expected, content.Bytes.ToArray());
                }

                int released = Math.Min(acknowledged, expected.Count);
                if (released > 0)
                {
                    Assert.True(pipe.Release(released));
                    expected.RemoveRange(0, released);
                }
            }
        });

    [Fact]
    public void A_stream_that_its_application_breaks_off_is_seen_so_once_and_an_ordinary_end_is_seen_behind_the_last_byte()
    {
        SendPipe broken = NewSendPipe(out Func<int> signals);
        broken.Writer.Complete(new InvalidOperationException());
        Assert.Equal(1, signals());
        Assert.True(broken.TryLook(out SendPipeContent content));
        Assert.True(content.IsBroken);
        Assert.False(broken.TryLook(out _));

        SendPipe ended = NewSendPipe(out _);
        ended.Writer.Write(new byte[10]);
        _ = ended.Writer.FlushAsync().AsTask();
        ended.Writer.Complete();
        Assert.True(ended.TryLook(out content));
        Assert.Equal((10, true, false), (content.Bytes.Length, content.IsCompleted, content.IsBroken));
        Assert.True(ended.Release(10));
        Assert.True(ended.TryLook(out content));
        Assert.Equal((0, true), (content.Bytes.Length, content.IsCompleted));
        Assert.False(ended.TryLook(out _));
    }

    [Fact]
    public void Who_waits_for_acknowledgment_goes_on_in_order_and_nobody_waits_for_ever()
    {
        var waiters = new AcknowledgmentWaiters();
        TaskCompletionSource[] waiting = [.. Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource())];
        waiters.Add(100, waiting[0]);
        waiters.Add(100, waiting[1]);
        waiters.Add(200, waiting[2]);
        waiters.OnAcknowledged(99);
        Assert.False(waiting[0].Task.IsCompleted);
        waiters.OnAcknowledged(199);
        Assert.Equal([true, true, false], waiting.Select(w => w.Task.IsCompletedSuccessfully));
        waiters.OnEnded(CloseReason.Reset);
        Assert.IsType<IOException>(waiting[2].Task.Exception?.InnerException);
        waiters.Add(300, waiting[2] = new TaskCompletionSource());
        waiters.OnEnded(CloseReason.Finished);
        Assert.True(waiting[2].Task.IsCompletedSuccessfully);
    }

    [Fact]
    public void An_endpoint_that_closes_waits_for_goodbyes_and_for_lost_last_acknowledgments_and_no_longer()
    {
        Instant now = new(0);
        var closing = new EndpointClosing();
        Assert.False(closing.IsOver(now, isBusy: false, inTable: 0));
        Assert.Equal(Instant.Never, closing.NextDeadline);
        closing.Begin(now, TimeSpan.FromSeconds(5));
        Assert.True(closing.IsOver(now, isBusy: false, inTable: 0));
        Assert.False(closing.IsOver(now, isBusy: true, inTable: 1));
        Assert.True(closing.IsOver(now + TimeSpan.FromSeconds(5), isBusy: true, inTable: 1));

        var quiet = new EndpointClosing();
        quiet.Begin(now, TimeSpan.FromSeconds(5));
        Assert.False(quiet.IsOver(now, isBusy: false, inTable: 1));
        Assert.Equal(now + EndpointClosing.QuietTime, quiet.NextDeadline);
        Assert.True(quiet.IsOver(now + EndpointClosing.QuietTime, isBusy: false, inTable: 1));

        var reset = new EndpointClosing();
        reset.OnReset();
        reset.Begin(now, TimeSpan.FromSeconds(5));
        Assert.False(reset.IsOver(now, isBusy: false, inTable: 0));
        Assert.True(reset.IsOver(now + EndpointClosing.QuietTime, isBusy: false, inTable: 0));
    }

    [Theory]
    [InlineData("KeepAlive")]
    [InlineData("KeepAliveInterval")]
    [InlineData("KeepAliveProbes")]
    [InlineData("QuickAcknowledgments")]
    [InlineData("UserTimeout")]
    [InlineData("BusyPoll")]
    [InlineData("Linger")]
    public void An_option_out_of_its_range_is_refused_by_name(string option)
    {
        var defaults = new TcpEndpointOptions();
        TcpEndpointOptions options = option switch
        {
            "KeepAlive" => defaults with { Connection = new ConnectionOptions { KeepAlive = TimeSpan.Zero } },
            "KeepAliveInterval" => defaults with { Connection = new ConnectionOptions { KeepAliveInterval = TimeSpan.Zero } },
            "KeepAliveProbes" => defaults with { Connection = new ConnectionOptions { KeepAliveProbes = -1 } },
            "QuickAcknowledgments" => defaults with { Connection = new ConnectionOptions { QuickAcknowledgments = -1 } },
            "UserTimeout" => defaults with { Connection = new ConnectionOptions { UserTimeout = TimeSpan.Zero } },
            "BusyPoll" => defaults with { BusyPoll = TimeSpan.FromMilliseconds(-1) },
            _ => defaults with { Linger = TimeSpan.FromMilliseconds(-1) },
        };
        Assert.Null(defaults.Validate());
        Assert.Contains(option, options.Validate(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TcpEndpoint.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0), options));
    }

    [Fact]
    public async Task A_backlog_of_nothing_is_refused()
    {
        await using TcpEndpoint endpoint = TcpEndpoint.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => endpoint.Listen(0));
    }

    private static SendPipe NewSendPipe(out Func<int> signals)
    {
        int count = 0;
        signals = () => count;
        return new SendPipe(new ConnectionPipes(new TcpEndpointOptions(), PipeScheduler.Inline), hasGate: false, () => count++);
    }
}
