using System.Threading.Channels;
using NetLab.Osi.Captures;

namespace NetLab.Osi.Layers;

/// <summary>
/// Decodes a capture on one thread while another does something with what was decoded, in file order. What a decoder
/// remembers from packet to packet stays on its thread; only finished packets cross over, a batch at a time.
/// </summary>
public static class DecodePipeline
{
    // Three batches: one being filled, one being handled, one between them when the two are not equally fast.
    private const int Batches = 3;

    /// <summary>Does something with a decoded packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="decoded">What was found in it; valid until the call returns.</param>
    /// <returns>Whether more are wanted.</returns>
    public delegate bool PacketHandler(in CapturedPacket packet, DecodedPacket decoded);

    /// <summary>Decodes packets until the end of the capture, or until no more are wanted.</summary>
    /// <param name="reader">Where they come from.</param>
    /// <param name="decoder">Takes them apart, on a thread of its own.</param>
    /// <param name="handler">Called on the caller's thread.</param>
    /// <param name="cancellationToken">Ends the decoding early.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static void Run(CaptureReader reader, PacketDecoder decoder, PacketHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(handler);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var full = Channel.CreateBounded<DecodedBatch>(Batches);
        var empty = Channel.CreateBounded<DecodedBatch>(Batches);
        for (int i = 0; i < Batches; i++)
        {
            empty.Writer.TryWrite(new DecodedBatch());
        }

        Task decoding = Task.Factory.StartNew(
            () => Fill(reader, decoder, empty.Reader, full.Writer, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (Wait(full.Reader.WaitToReadAsync(cancellationToken)) && full.Reader.TryRead(out DecodedBatch? batch))
            {
                if (!batch.Handle(handler))
                {
                    break;
                }

                empty.Writer.TryWrite(batch);
            }
        }
        finally
        {
            // The decoder may stand still for a free batch that will not come.
            stop.Cancel();
            Join(decoding);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static void Fill(CaptureReader reader, PacketDecoder decoder, ChannelReader<DecodedBatch> empty, ChannelWriter<DecodedBatch> full, CancellationToken stop)
    {
        try
        {
            bool more = true;
            while (more && Wait(empty.WaitToReadAsync(stop)) && empty.TryRead(out DecodedBatch? batch))
            {
                more = batch.Fill(reader, decoder);
                full.TryWrite(batch);
            }
        }
        finally
        {
            full.TryComplete();
        }
    }

    // A whole thread stands behind each side, and a batch takes long enough: waiting for it blocks.
    private static bool Wait(ValueTask<bool> ready) => ready.IsCompletedSuccessfully ? ready.Result : ready.AsTask().GetAwaiter().GetResult();

    private static void Join(Task decoding)
    {
        try
        {
            decoding.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Told to stop while it stood still.
        }
    }
}
