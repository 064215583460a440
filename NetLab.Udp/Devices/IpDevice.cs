using NetLab.Udp.Sockets;

namespace NetLab.Udp.Devices;

/// <summary>Where whole IP packets are read and written without waiting. One thread uses it; <see cref="Wake"/> is for any.</summary>
public abstract class IpDevice : IDisposable
{
    /// <summary>The longest packet, in bytes: what an IP header can say.</summary>
    public const int MaxPacketLength = 65_535;

    /// <summary>The most payloads that one packet may be gathered from: as many segments as a batch of the kernel has.</summary>
    public const int MaxPieces = 64;

    /// <summary>What the system calls it.</summary>
    public abstract string Name { get; }

    /// <summary>The longest packet that the next hop takes, in bytes; asked for anew each time, as it may be changed.</summary>
    public abstract int Mtu { get; }

    /// <summary>Whether the other side cuts segments and completes checksums, and hands over packets where both are still to be done.</summary>
    public virtual bool HasOffloads => false;

    /// <summary>What has passed, in whole packets.</summary>
    public DatagramSocketStatistics Statistics { get; } = new();

    /// <summary>Takes the next packet.</summary>
    /// <param name="packet">Where it goes; of one that is longer the rest is lost.</param>
    /// <param name="offload">What is left to do of it.</param>
    /// <param name="length">Its bytes.</param>
    /// <returns>False if there is none now.</returns>
    /// <exception cref="IOException">The device has gone.</exception>
    public bool TryReceive(Span<byte> packet, out PacketOffload offload, out int length)
    {
        if (!TryReadPacket(packet, out offload, out length))
        {
            return false;
        }

        Statistics.ReceiveCalls++;
        Statistics.DatagramsReceived++;
        Statistics.BytesReceived += length;
        return true;
    }

    /// <summary>Hands over a packet that is gathered: its headers, and what follows the headers of segments that lie back to back.</summary>
    /// <param name="headers">The packet's own headers.</param>
    /// <param name="segments">The segments; at most <see cref="MaxPieces"/>.</param>
    /// <param name="segmentSize">Bytes of each but the last, which may be shorter; at least 1.</param>
    /// <param name="skip">Bytes at the begin of each that are left out.</param>
    /// <param name="offload">What is left to do of it; nothing where the device has no offloads.</param>
    public DatagramSendStatus TrySend(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> segments, int segmentSize, int skip, in PacketOffload offload)
    {
        Statistics.SendCalls++;
        DatagramSendStatus status = TryWritePacket(headers, segments, segmentSize, skip, offload);
        if (status == DatagramSendStatus.Sent)
        {
            Statistics.DatagramsSent++;
            Statistics.BytesSent += headers.Length + segments.Length - (skip * ((segments.Length + segmentSize - 1) / segmentSize));
        }

        return status;
    }

    /// <summary>Blocks until there is something to read, or somebody wakes it.</summary>
    /// <param name="timeout">How long at most; negative waits for ever.</param>
    public abstract void Wait(TimeSpan timeout);

    /// <summary>Ends the present wait, or the next one if none is under way.</summary>
    public abstract void Wake();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>See <see cref="TryReceive"/>.</summary>
    protected abstract bool TryReadPacket(Span<byte> packet, out PacketOffload offload, out int length);

    /// <summary>See <see cref="TrySend"/>.</summary>
    protected abstract DatagramSendStatus TryWritePacket(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> segments, int segmentSize, int skip, in PacketOffload offload);

    /// <summary>Lets go of what it holds.</summary>
    protected abstract void Dispose(bool disposing);
}
