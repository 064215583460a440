using System.Collections.Concurrent;
using NetLab.Osi.Captures;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Decoding;

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
    /// <param name="limit">Packets to decode at most; nothing is read behind the last of them.</param>
    /// <param name="cancellationToken">Ends the decoding early.</param>
    /// <param name="onIdle">Called when the packets that came so far were handled and more of them, through a pipe, must be waited for; or null.</param>
    /// <param name="onKeyLog">Told of TLS secrets that the capture brought, before the packets behind them; or null.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static void Run(
        CaptureReader reader, PacketDecoder decoder, PacketHandler handler, long limit = long.MaxValue, Action? onIdle = null,
        Action<string>? onKeyLog = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(handler);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var empty = new BlockingCollection<DecodedBatch>();
        using var dissected = new BlockingCollection<DecodedBatch>();
        using var followed = new BlockingCollection<DecodedBatch>();
        for (int i = 0; i < Batches; i++)
        {
            empty.Add(new DecodedBatch(), CancellationToken.None);
        }

        long left = limit;
        Task dissecting = Stage(empty, dissected, batch => batch.Fill(reader, decoder, ref left), stop.Token);
        Task following = Stage(dissected, followed, batch => batch.Follow(decoder), stop.Token);
        try
        {
            while (followed.TryTake(out DecodedBatch? batch, Timeout.Infinite, cancellationToken) && batch.Handle(handler, onKeyLog))
            {
                if (followed.Count == 0 && reader.IsLive)
                {
                    onIdle?.Invoke();
                }

                empty.Add(batch, CancellationToken.None);
            }
        }
        finally
        {
            // The stages may stand still for a batch that will not come.
            stop.Cancel();
            try
            {
                Join(dissecting);
            }
            finally
            {
                Join(following);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    // Does something with each batch on a thread of its own, until it says that there are no more.
    private static Task Stage(BlockingCollection<DecodedBatch> from, BlockingCollection<DecodedBatch> to, Func<DecodedBatch, bool> work, CancellationToken stop)
    {
        return Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        void Run()
        {
            try
            {
                bool more = true;
                while (more && from.TryTake(out DecodedBatch? batch, Timeout.Infinite, stop))
                {
                    more = work(batch);
                    to.Add(batch, CancellationToken.None);
                }
            }
            finally
            {
                to.CompleteAdding();
            }
        }
    }

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
