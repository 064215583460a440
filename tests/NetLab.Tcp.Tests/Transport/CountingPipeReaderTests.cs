using System.Buffers;
using System.IO.Pipelines;
using NetLab.Tcp.Transport;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>The application's reader is the pipe's own in all but what it counts, also where a read has to wait.</summary>
public sealed class CountingPipeReaderTests
{
    private readonly Pipe _pipe = new(new PipeOptions(useSynchronizationContext: false, readerScheduler: PipeScheduler.Inline));
    private readonly CountingPipeReader _reader;
    private long _consumed;
    private int _waits;

    public CountingPipeReaderTests() => _reader = new CountingPipeReader(_pipe.Reader, bytes => _consumed += bytes, () => _waits++, () => { });

    [Fact]
    public async Task Reads_that_wait_and_reads_that_do_not_bring_the_same_bytes()
    {
        for (byte i = 0; i < 100; i++)
        {
            bool waits = i % 3 == 0;
            ValueTask<ReadResult> reading = waits ? _reader.ReadAsync() : default;
            Assert.False(waits && reading.IsCompleted);
            await _pipe.Writer.WriteAsync(new[] { i, i });
            ReadResult result = await (waits ? reading : _reader.ReadAsync());
            Assert.Equal([i, i], result.Buffer.ToArray());
            _reader.AdvanceTo(result.Buffer.End);
            Assert.Equal(2 * (i + 1), _consumed);
        }

        Assert.Equal(34, _waits);
    }

    [Fact]
    public async Task A_read_that_waits_allocates_nothing()
    {
        await Exchange(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int thread = Environment.CurrentManagedThreadId;
        await Exchange(1000);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);

        async ValueTask Exchange(int times)
        {
            for (int i = 0; i < times; i++)
            {
                ValueTask<ReadResult> reading = _reader.ReadAsync();
                _pipe.Writer.GetSpan(1)[0] = 1;
                _pipe.Writer.Advance(1);
                await _pipe.Writer.FlushAsync();
                ReadResult result = await reading;
                _reader.AdvanceTo(result.Buffer.End);
            }
        }
    }

    [Fact]
    public async Task A_read_that_waits_is_cancelled_and_the_next_one_goes_on()
    {
        using var cancellation = new CancellationTokenSource();
        Task<ReadResult> reading = _reader.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        reading = _reader.ReadAsync().AsTask();
        _reader.CancelPendingRead();
        ReadResult result = await reading;
        Assert.True(result.IsCanceled);
        _reader.AdvanceTo(result.Buffer.Start);
        reading = _reader.ReadAsync().AsTask();
        await _pipe.Writer.WriteAsync(new byte[5]);
        Assert.Equal(5, (await reading).Buffer.Length);
    }

    [Fact]
    public async Task A_second_read_at_the_same_time_is_refused_and_the_first_one_still_brings_its_bytes()
    {
        ValueTask<ReadResult> first = _reader.ReadAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _reader.ReadAsync());
        await _pipe.Writer.WriteAsync(new byte[3]);
        Assert.Equal(3, (await first).Buffer.Length);
    }

    [Fact]
    public async Task A_failure_comes_to_a_read_that_waits_and_not_before_the_bytes()
    {
        await _pipe.Writer.WriteAsync(new byte[3]);
        _reader.FailAtEnd(new IOException("broken off"));
        ReadResult result = await _reader.ReadAsync();
        _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        ValueTask<ReadResult> reading = _reader.ReadAsync();
        Assert.False(reading.IsCompleted);
        await _pipe.Writer.CompleteAsync();
        IOException error = await Assert.ThrowsAsync<IOException>(async () => await reading);
        Assert.Equal("broken off", error.Message);
        Assert.Throws<IOException>(() => _reader.TryRead(out _));
    }

    [Fact]
    public async Task Whoever_awaits_in_a_context_goes_on_in_it()
    {
        var context = new CountingContext();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        Task reading;
        try
        {
            reading = Read();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        await _pipe.Writer.WriteAsync(new byte[3]);
        await reading;
        Assert.Equal(1, context.Posts);

        async Task Read() => await _reader.ReadAsync();
    }

    private sealed class CountingContext : SynchronizationContext
    {
        public int Posts { get; private set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            Posts++;
            d(state);
        }
    }
}
