using System.Threading.Channels;
using NetLab.Osi.Captures;

namespace NetLab.Osi.Layers;

/// <summary>
/// Decodes a capture on two threads while a third does something with what was decoded, in file order: one takes headers
/// apart, one follows the TCP streams, and the caller's handles packets. What each remembers from packet to packet stays
/// with it; only packets move on, a batch at a time.
/// </summary>
public static class DecodePipeline
{
    // One for each of the three, and one between each two when they are not equally fast.
    private const int Batches = 5;

    /// <summary>Does something with a decoded packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="decoded">What was found in it; valid until the call returns.</param>
    /// <returns>Whether more are wanted.</returns>
    public delegate bool PacketHandler(in CapturedPacket packet, DecodedPacket decoded);

    /// <summary>Decodes packets until the end of the capture, or until no more are wanted.</summary>
    /// <param name="reader">Where they come from.</param>
    /// <param name="decoder">Takes them apart.</param>
    /// <param name="handler">Called on the caller's thread.</param>
    /// <param name="cancellationToken">Ends the decoding early.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static void Run(CaptureReader reader, PacketDecoder decoder, PacketHandler handler, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(handler);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var empty = Channel.CreateBounded<DecodedBatch>(Batches);
        var dissected = Channel.CreateBounded<DecodedBatch>(Batches);
        var followed = Channel.CreateBounded<DecodedBatch>(Batches);
        for (int i = 0; i < Batches; i++)
        {
            empty.Writer.TryWrite(new DecodedBatch());
        }

        Task dissecting = Stage(empty.Reader, dissected.Writer, batch => batch.Fill(reader, decoder), stop.Token);
        Task following = Stage(dissected.Reader, followed.Writer, batch => batch.Follow(decoder), stop.Token);
        try
        {
            while (Wait(followed.Reader.WaitToReadAsync(cancellationToken)) && followed.Reader.TryRead(out DecodedBatch? batch))
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
            // The stages may stand still for a batch that will not come.
            stop.Cancel();
            Join(dissecting);
            Join(following);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    // Does something with each batch on a thread of its own, until it says that there are no more.
    private static Task Stage(ChannelReader<DecodedBatch> from, ChannelWriter<DecodedBatch> to, Func<DecodedBatch, bool> work, CancellationToken stop)
    {
        return Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        void Run()
        {
            try
            {
                bool more = true;
                while (more && Wait(from.WaitToReadAsync(stop)) && from.TryRead(out DecodedBatch? batch))
                {
                    more = work(batch);
                    to.TryWrite(batch);
                }
            }
            finally
            {
                to.TryComplete();
            }
        }
    }

    // A whole thread stands behind each stage, and a batch takes long enough: waiting for it blocks.
    private static bool Wait(ValueTask<bool> ready) => ready.IsCompletedSuccessfully ? ready.Result : ready.AsTask().GetAwaiter().GetResult();

    private static void Join(Task stage)
    {
        try
        {
            stage.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Told to stop while it stood still.
        }
    }
}
