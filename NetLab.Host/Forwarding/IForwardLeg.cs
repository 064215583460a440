using System.IO.Pipelines;

namespace NetLab.Host.Forwarding;

/// <summary>One side of a connection that is passed on.</summary>
internal interface IForwardLeg : IAsyncDisposable
{
    /// <summary>The other end's address and port.</summary>
    string Peer { get; }

    /// <summary>What comes from there. Of datagrams, each read is a whole number of them.</summary>
    PipeReader Input { get; }

    /// <summary>Sends bytes there, and waits while there is no room.</summary>
    /// <returns>False if the other end takes no more.</returns>
    ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Tells the other end that no more will come; where it has no word for that, nothing.</summary>
    ValueTask CompleteAsync();

    /// <summary>Ends it at once: the other end sees a reset.</summary>
    void Abort();
}
