using NetLab.Osi.Captures;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Decoding;

/// <summary>
/// Decodes a capture in three steps, in file order: headers are taken apart, TCP streams followed, packets handled. A thread takes headers apart, the
/// caller's handles packets, and streams are followed by whichever of them has nothing else to do, or by a third where there are more than two
/// processors. What each step remembers from packet to packet stays with it; only packets move on, a batch at a time.
/// </summary>
public static class DecodePipeline
{
    // One for each step, and as many between them as bridge the moment for which a step's thread does not have the processor.
    private const int Batches = 16;

    // Fewer are shared by the two threads that there are anyway: a third would only take turns with them.
    private const int ProcessorsForThree = 3;

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
        var line = new BatchLine(Batches);
        using CancellationTokenRegistration canceled = cancellationToken.Register(line.Stop);
        Task filling = OnThread(() => Fill(line, reader, decoder, limit));
        Task following = Environment.ProcessorCount < ProcessorsForThree ? Task.CompletedTask : OnThread(() => Follow(line, decoder));
        try
        {
            bool more = true;
            while (more && line.TakeToHandle() is { } batch)
            {
                if (batch.Step == BatchStep.Dissected)
                {
                    batch.Follow(decoder);
                }
                else
                {
                    more = batch.Handle(handler, onKeyLog);
                    if (more && reader.IsLive && line.IsIdle)
                    {
                        onIdle?.Invoke();
                    }
                }

                line.Put(batch);
            }
        }
        finally
        {
            // The others may stand still for a batch that will not come.
            line.Stop();
            try
            {
                filling.GetAwaiter().GetResult();
            }
            finally
            {
                following.GetAwaiter().GetResult();
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static Task OnThread(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // Until the capture has no more. What its reader throws comes out when all before it was handled.
    private static void Fill(BatchLine line, CaptureReader reader, PacketDecoder decoder, long limit)
    {
        bool more = true;
        try
        {
            while (more && line.TakeToFill() is { } batch)
            {
                if (batch.Step == BatchStep.Dissected)
                {
                    FollowOne(line, batch, decoder);
                }
                else
                {
                    more = batch.Fill(reader, decoder, ref limit);
                    line.Put(batch);
                }
            }
        }
        finally
        {
            line.EndFilling();
        }
    }

    private static void Follow(BatchLine line, PacketDecoder decoder)
    {
        while (line.TakeToFollow() is { } batch)
        {
            FollowOne(line, batch, decoder);
        }
    }

    private static void FollowOne(BatchLine line, DecodedBatch batch, PacketDecoder decoder)
    {
        try
        {
            batch.Follow(decoder);
            line.Put(batch);
        }
        catch
        {
            // Nobody else will put this batch back, and the caller would wait for it.
            line.Stop();
            throw;
        }
    }
}
