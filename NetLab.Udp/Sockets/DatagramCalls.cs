namespace NetLab.Udp.Sockets;

/// <summary>How a <see cref="DatagramSocket"/> speaks to the system: in batches where it can, one datagram a call everywhere else.</summary>
internal abstract class DatagramCalls
{
    /// <summary>What has passed.</summary>
    public DatagramSocketStatistics Statistics { get; } = new();

    /// <summary>See <see cref="DatagramSocket.IsUncoalesced"/>.</summary>
    public virtual bool IsUncoalesced => false;

    /// <summary>See <see cref="DatagramSocket.HasWaiting"/>.</summary>
    public virtual bool HasWaiting => false;

    /// <summary>Waits for a datagram or a wake-up, and receives in the same call; the next <see cref="TryReceive"/> has it.</summary>
    /// <param name="timeout">How long at most; negative waits for ever.</param>
    /// <param name="waker">What ends the wait besides; always the same.</param>
    /// <param name="buffer">Where datagrams go, pinned; always the same.</param>
    /// <param name="woken">Whether the waker's descriptor has become readable.</param>
    /// <returns>Whether the system can do that; if not, nothing was waited for.</returns>
    public virtual bool TryWait(TimeSpan timeout, Waker waker, byte[] buffer, out bool woken) => woken = false;

    /// <summary>Ends what <see cref="TryWait"/> left for the system to do; on the thread that waited.</summary>
    public virtual void StopWaiting()
    {
    }

    /// <summary>See <see cref="DatagramSocket.TryReceive"/>.</summary>
    public abstract DatagramReceiveStatus TryReceive(Span<byte> buffer, out DatagramBatch batch);

    /// <summary>See <see cref="DatagramSocket.TrySend(ReadOnlySpan{byte}, int, in DatagramAddress, EcnCodepoint, out int)"/>.</summary>
    public abstract DatagramSendStatus TrySend(ReadOnlySpan<byte> bytes, int segmentSize, in DatagramAddress to, EcnCodepoint ecn, out int bytesSent);

    /// <summary>See <see cref="DatagramSocket.TrySend(ReadOnlySpan{ReadOnlyMemory{byte}}, int, int, in DatagramAddress, out int)"/>.</summary>
    public abstract DatagramSendStatus TrySend(
        ReadOnlySpan<ReadOnlyMemory<byte>> pieces, int skip, int segmentSize, in DatagramAddress to, out int bytesSent);

    /// <summary>Times the kernel dropped something because the socket's buffer was full, or null where it does not say.</summary>
    public virtual uint? BufferDrops => null;

    protected void CountReceived(int length, int segmentSize)
    {
        Statistics.DatagramsReceived += segmentSize == length ? 1 : (length + segmentSize - 1) / segmentSize;
        Statistics.BytesReceived += length;
    }
}
