using System.Buffers;
using System.IO.Pipelines;

namespace NetLab.Tcp.Transport;

/// <summary>How the pipes of an endpoint's connections are set up; one for all of them, as they are many.</summary>
internal sealed class ConnectionPipes
{
    // Larger than a pipe's own 4 KiB: a window is then a few dozen blocks to walk, and not hundreds.
    private const int BlockSize = 16_384;

    public ConnectionPipes(TcpEndpointOptions options, PipeScheduler applications)
    {
        int sendBuffer = options.Connection.SendBufferSize;
        ServerPool = new ServerMemoryPool(options.MemoryPool);

        // The receive window keeps the pipe within bounds, so it never has to pause the loop.
        Input = new PipeOptions(
            options.MemoryPool, readerScheduler: applications, pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: BlockSize, useSynchronizationContext: false);
        Output = new PipeOptions(
            options.MemoryPool,
            writerScheduler: applications,
            pauseWriterThreshold: sendBuffer,
            resumeWriterThreshold: sendBuffer / 2,
            minimumSegmentSize: BlockSize,
            useSynchronizationContext: false);
    }

    /// <summary>For servers that build answers before they send them.</summary>
    public MemoryPool<byte> ServerPool { get; }

    /// <summary>Of what has been received.</summary>
    public PipeOptions Input { get; }

    /// <summary>Of what is to be sent.</summary>
    public PipeOptions Output { get; }
}
