using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Tests;

/// <summary>Who gets which batch: streams are followed by whichever thread has nothing of its own to do, in file order, one at a time.</summary>
public sealed class BatchLineTests : IDisposable
{
    private readonly CaptureReader _reader = CaptureReader.Open(File.OpenRead(Path.Combine(Folders.Captures, "lost-segments.pcapng")));
    private readonly PacketDecoder _decoder = new();
    private readonly BatchLine _line = new(2);
    private readonly List<long> _handled = [];

    public void Dispose() => _reader.Dispose();

    [Fact]
    public void Whoever_fills_follows_streams_when_no_batch_is_empty()
    {
        Fill(packets: 1);
        Fill(packets: 1);
        DecodedBatch first = Take(_line.TakeToFill(), BatchStep.Dissected);
        first.Follow(_decoder);
        _line.Put(first);
        Handle();
        Assert.Equal([1L], _handled);
        Take(_line.TakeToFill(), BatchStep.Empty);
    }

    [Fact]
    public void Whoever_handles_follows_streams_when_no_batch_was_followed()
    {
        Fill(packets: 2);
        DecodedBatch batch = Take(_line.TakeToHandle(), BatchStep.Dissected);
        batch.Follow(_decoder);
        _line.Put(batch);
        Handle();
        Assert.Equal([1L, 2L], _handled);
    }

    [Fact]
    public async Task Of_two_batches_the_second_is_not_followed_before_the_first_is_put_back()
    {
        Fill(packets: 1);
        Fill(packets: 1);
        DecodedBatch first = Take(_line.TakeToFollow(), BatchStep.Dissected);
        Task<DecodedBatch?> handling = Task.Run(_line.TakeToHandle);
        first.Follow(_decoder);
        _line.Put(first);

        // Had it been given the second one meanwhile, it would have come here not followed.
        DecodedBatch handled = Take(await handling, BatchStep.Followed);
        handled.Handle(Note, null);
        Assert.Equal([1L], _handled);
    }

    [Fact]
    public void What_was_filled_is_handled_after_the_filling_ended_and_then_there_is_no_more()
    {
        Fill(packets: 1);
        _line.EndFilling();
        DecodedBatch batch = Take(_line.TakeToFollow(), BatchStep.Dissected);
        Assert.Null(_line.TakeToFollow());
        batch.Follow(_decoder);
        _line.Put(batch);
        Handle();
        Assert.Null(_line.TakeToHandle());
        Assert.True(_line.IsIdle);
    }

    [Fact]
    public async Task A_line_that_is_stopped_gives_nothing_and_ends_all_waiting()
    {
        Task<DecodedBatch?> handling = Task.Run(_line.TakeToHandle);
        Task<DecodedBatch?> following = Task.Run(_line.TakeToFollow);
        _line.Stop();
        Assert.Null(await handling);
        Assert.Null(await following);
        Assert.Null(_line.TakeToFill());
    }

    private static DecodedBatch Take(DecodedBatch? batch, BatchStep step)
    {
        Assert.NotNull(batch);
        Assert.Equal(step, batch.Step);
        return batch;
    }

    private void Fill(long packets)
    {
        DecodedBatch batch = Take(_line.TakeToFill(), BatchStep.Empty);
        batch.Fill(_reader, _decoder, ref packets);
        _line.Put(batch);
    }

    private void Handle()
    {
        DecodedBatch batch = Take(_line.TakeToHandle(), BatchStep.Followed);
        batch.Handle(Note, null);
        _line.Put(batch);
    }

    private bool Note(in CapturedPacket packet, DecodedPacket decoded)
    {
        _handled.Add(packet.Number);
        return true;
    }
}
