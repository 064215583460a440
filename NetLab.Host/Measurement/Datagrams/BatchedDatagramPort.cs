using System.Net;
using NetLab.Host.Recording;
using NetLab.Host.Settings;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary><c>udp</c>: NetLab's datagram floor.</summary>
internal sealed class BatchedDatagramPort : IDatagramPort
{
    private readonly DatagramSocket _socket;
    private readonly DatagramPoller _poller = new();
    private readonly List<DatagramSocket> _readable = [];
    private readonly DatagramTap? _tap;

    /// <param name="local">Where to bind.</param>
    /// <param name="remote">The only peer, or null.</param>
    /// <param name="recorder">Records what passes; null for not.</param>
    public BatchedDatagramPort(IPEndPoint local, IPEndPoint? remote, LabRecorder? recorder)
    {
        _socket = DatagramSocket.Bind(local, new DatagramSocketOptions { Remote = remote, ReceiveBufferSize = PerfSettings.ReceiveBufferSize });
        _poller.Add(_socket);
        _tap = recorder?.AddPlace("perf", () => LocalEndPoint, asTcp: false);
    }

    public IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    public bool DropsAreDatagrams => false;

    public uint? BufferDrops => _socket.BufferDrops;

    public void Send(ReadOnlyMemory<byte> datagram, in DatagramAddress to)
    {
        _tap?.Invoke(MonotonicClock.Shared.Now, datagram.Span, to, true);
        _socket.TrySend(datagram.Span, datagram.Length, to, out _);
    }

    public IProbeFlow Open(uint flow, in DatagramAddress to, int datagramSize, long bitsPerSecond) =>
        new TrainFlow(this, new DatagramSource(_socket, to, flow, bitsPerSecond) { Tap = _tap }, datagramSize);

    public void Receive(DatagramSink sink, TimeSpan patience)
    {
        sink.Tap = _tap;
        if (sink.Receive(_socket) == 0 && patience > TimeSpan.Zero)
        {
            _poller.Wait(patience, _readable);
            sink.Receive(_socket);
        }
    }

    public void ReceiveNext(DatagramSink sink, TimeSpan patience) => Receive(sink, patience);

    public void Dispose()
    {
        _socket.Dispose();
        _poller.Dispose();
    }

    private sealed class TrainFlow(BatchedDatagramPort port, DatagramSource source, int datagramSize) : IProbeFlow
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

        private readonly ProbeBatch _batch = new(datagramSize);
        private readonly DatagramSink _unasked = new() { Accepts = _ => false };

        public long Sent => source.Sent;

        public TimeSpan Wait => source.UntilNextBatch(_batch);

        public bool TrySend(int most) => source.TrySend(_batch, most) > 0;

        public void Send(int most)
        {
            TimeSpan wait = Wait;
            if (wait > TimeSpan.Zero)
            {
                // What came unasked, such as an answer that the link has doubled, must not end the wait at once each time.
                _unasked.Receive(port._socket);
                port._poller.Wait(wait < Patience ? wait : Patience, port._readable);
            }
            else if (!TrySend(most))
            {
                port._poller.Wait(Patience, port._readable, port._socket);
            }
        }
    }
}
