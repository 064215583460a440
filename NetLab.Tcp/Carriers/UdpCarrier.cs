using System.Net;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Carriers;

/// <summary>UDP: a segment a datagram, its checksum as it is.</summary>
internal sealed class UdpCarrier : Carrier
{
    private readonly DatagramSocket _socket;
    private readonly DatagramAddress? _remote;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramSocket.ReceiveBufferLength, pinned: true);
    private readonly List<DatagramSocket> _readable = [];
    private readonly DatagramPoller _poller;
    private readonly bool _takesAnyChecksum;

    /// <summary>Takes a socket over.</summary>
    /// <param name="socket">The socket; the carrier's from now on.</param>
    /// <param name="remote">The socket's only peer, or null for any.</param>
    /// <param name="takesAnyChecksum">Whether segments are taken whatever their checksum: UDP has one of its own.</param>
    public UdpCarrier(DatagramSocket socket, IPEndPoint? remote, bool takesAnyChecksum = false)
    {
        _takesAnyChecksum = takesAnyChecksum;
        (_socket, _remote) = (socket, remote is null ? null : DatagramAddress.From(remote));
        _poller = new DatagramPoller { ReceiveBuffer = _buffer };
        _poller.Add(socket);
    }

    /// <inheritdoc/>
    public override IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    /// <inheritdoc/>
    public override DatagramSocketStatistics Statistics => _socket.Statistics;

    /// <inheritdoc/>
    public override bool IsUncoalesced => _socket.IsUncoalesced;

    /// <inheritdoc/>
    public override bool HasWaiting => _socket.HasWaiting;

    /// <inheritdoc/>
    public override DatagramReceiveStatus TryReceive(out ReadOnlySpan<byte> segments, out DatagramBatch batch)
    {
        DatagramReceiveStatus status = _socket.TryReceive(_buffer, out batch);
        segments = _buffer.AsSpan(0, batch.Length);
        if (_takesAnyChecksum && status == DatagramReceiveStatus.Received)
        {
            Complete(_buffer.AsSpan(0, batch.Length), Math.Max(1, batch.SegmentSize));
        }

        return status;
    }

    /// <inheritdoc/>
    public override DatagramSendStatus TrySend(ReadOnlySpan<byte> segments, int segmentSize, in DatagramAddress to, EcnCodepoint ecn, out int bytesSent) =>
        _socket.TrySend(segments, segmentSize, to, ecn, out bytesSent);

    /// <inheritdoc/>
    public override void Report(Instant now, Demultiplexer demultiplexer) => demultiplexer.OnUnreachable(_remote);

    /// <inheritdoc/>
    public override void Wait(TimeSpan timeout, bool isBlocked) => _poller.Wait(timeout, _readable, isBlocked ? _socket : null);

    /// <inheritdoc/>
    public override void Wake() => _poller.Wake();

    /// <inheritdoc/>
    public override void EndWaits() => _poller.Dispose();

    /// <inheritdoc/>
    public override void Dispose() => _socket.Dispose();

    private static void Complete(Span<byte> segments, int segmentSize)
    {
        for (int at = 0; at < segments.Length; at += segmentSize)
        {
            Span<byte> segment = segments[at..Math.Min(at + segmentSize, segments.Length)];
            if (segment.Length >= SegmentHeader.MinSize)
            {
                PseudoHeader.Complete(segment);
            }
        }
    }
}
