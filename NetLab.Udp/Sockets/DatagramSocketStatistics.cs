using NetLab.Udp.Counters;

namespace NetLab.Udp.Sockets;

/// <summary>What has passed through a socket. Written by the threads that send and receive; a reader elsewhere sees figures that are a moment old.</summary>
public sealed class DatagramSocketStatistics : ICounts<DatagramSocketStatistics>
{
    /// <summary>System calls that sent.</summary>
    public long SendCalls { get; internal set; }

    /// <summary>Datagrams the system took.</summary>
    public long DatagramsSent { get; internal set; }

    /// <summary>Bytes of payload in them.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>System calls that received something.</summary>
    public long ReceiveCalls { get; internal set; }

    /// <summary>Datagrams received.</summary>
    public long DatagramsReceived { get; internal set; }

    /// <summary>Bytes of payload in them.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Batches whose end was lost because the caller's buffer was shorter.</summary>
    public long Truncated { get; internal set; }

    /// <summary>
    /// Times the kernel dropped something because the receive buffer was full, as far as the batches received since then tell;
    /// each up to 64 datagrams.
    /// </summary>
    public long BufferDrops { get; internal set; }

    /// <summary>Datagrams were sent, of one size but for the last, which may be shorter.</summary>
    internal void CountSent(int length, int segmentSize)
    {
        DatagramsSent += length <= segmentSize ? 1 : (length + segmentSize - 1) / segmentSize;
        BytesSent += length;
    }

    /// <inheritdoc/>
    public void Add(DatagramSocketStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        SendCalls += other.SendCalls;
        DatagramsSent += other.DatagramsSent;
        BytesSent += other.BytesSent;
        ReceiveCalls += other.ReceiveCalls;
        DatagramsReceived += other.DatagramsReceived;
        BytesReceived += other.BytesReceived;
        Truncated += other.Truncated;
        BufferDrops += other.BufferDrops;
    }
}
