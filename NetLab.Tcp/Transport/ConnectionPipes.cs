using System.Buffers;
using System.IO.Pipelines;
using NetLab.Tcp.Memory;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Transport;

/// <summary>How the pipes of an endpoint's connections are set up; one for all of them, as they are many.</summary>
internal sealed class ConnectionPipes : IDisposable
{
    private readonly BlockPool? _own;

    /// <param name="options">How the endpoint is set up.</param>
    /// <param name="applications">Where applications go on.</param>
    /// <param name="memory">What its connections may hold together; null for no limit.</param>
    public ConnectionPipes(TcpEndpointOptions options, PipeScheduler applications, MemoryBudget? memory = null)
    {
        Memory = memory;
        int sendBuffer = options.Connection.SendBufferSize;
        MemoryPool<byte> pool = options.MemoryPool ?? (_own = new BlockPool(memory));
        ServerPool = new ServerMemoryPool(pool);

        // The receive window keeps the pipe within bounds, so it never has to pause the loop.
        Input = new PipeOptions(
            pool,
            readerScheduler: applications,
            pauseWriterThreshold: 0,
            resumeWriterThreshold: 0,
            minimumSegmentSize: BlockPool.BlockSize,
            useSynchronizationContext: false);
        Output = new PipeOptions(
            pool,
            writerScheduler: applications,
            pauseWriterThreshold: sendBuffer,
            resumeWriterThreshold: sendBuffer / 2,
            minimumSegmentSize: BlockPool.BlockSize,
            useSynchronizationContext: false);
    }

    /// <summary>What the endpoint's connections may hold together; null for no limit.</summary>
    public MemoryBudget? Memory { get; }

    /// <summary>For servers that build answers before they send them.</summary>
    public MemoryPool<byte> ServerPool { get; }

    /// <summary>Of what has been received.</summary>
    public PipeOptions Input { get; }

    /// <summary>Of what is to be sent.</summary>
    public PipeOptions Output { get; }

    /// <summary>Whether a writer waits for room: from the moment there is none until half of it is free, as the pipe has it.</summary>
    /// <param name="length">Bytes in the output pipe.</param>
    /// <param name="waited">Whether it did so far.</param>
    public bool WriterWaits(long length, bool waited) => length >= (waited ? Output.ResumeWriterThreshold : Output.PauseWriterThreshold);

    /// <summary>Lets go of memory that nobody has needed for a while.</summary>
    /// <returns>When to come again.</returns>
    public Instant Trim(Instant now) => _own?.Trim(now) ?? Instant.Never;

    /// <inheritdoc/>
    public void Dispose() => _own?.Dispose();
}
