using System.Buffers;
using System.IO.Pipelines;
using NetLab.Tcp.Protocol;

namespace NetLab.Tcp.Transport;

/// <summary>How the pipes of an endpoint's connections are set up; one for all of them, as they are many.</summary>
internal sealed class ConnectionPipes
{
    // Larger than a pipe's own 4 KiB: a window is then a few dozen blocks to walk, and not hundreds.
    private const int BlockSize = 16_384;

    public ConnectionPipes(ConnectionOptions options, PipeScheduler applications)
    {
        // The receive window keeps the pipe within bounds, so it never has to pause the loop.
        Input = new PipeOptions(
            Pool, readerScheduler: applications, pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: BlockSize, useSynchronizationContext: false);
        Output = new PipeOptions(
            Pool,
            writerScheduler: applications,
            pauseWriterThreshold: options.SendBufferSize,
            resumeWriterThreshold: options.SendBufferSize / 2,
            minimumSegmentSize: BlockSize,
            useSynchronizationContext: false);
    }

    /// <summary>Where the blocks come from.</summary>
    public static MemoryPool<byte> Pool => MemoryPool<byte>.Shared;

    /// <summary>Of what has been received.</summary>
    public PipeOptions Input { get; }

    /// <summary>Of what is to be sent.</summary>
    public PipeOptions Output { get; }
}
