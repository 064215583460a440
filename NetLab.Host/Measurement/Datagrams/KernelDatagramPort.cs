using System.Net;
using System.Net.Sockets;
using NetLab.Host.Settings;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary><c>kernel-udp</c>: .NET's sockets as they are, blocking, one datagram a call. The yardstick.</summary>
internal sealed class KernelDatagramPort : IDatagramPort
{
    private const int SolSocket = 1; // asm-generic/socket.h
    private const int MemoryInfo = 55; // SO_MEMINFO
    private const int MemoryInfoDrops = 8; // SK_MEMINFO_DROPS of linux/sock_diag.h

    private readonly Socket _socket;
    private readonly bool _connected;
    private readonly SocketAddress _from;
    private int _timeout;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramSocket.ReceiveBufferLength, pinned: true);

    public KernelDatagramPort(IPEndPoint local, IPEndPoint? remote)
    {
        // The same buffers as NetLab's sockets ask for: who asks for less loses more.
        _socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            DatagramSocket.RequestBuffers(_socket, new DatagramSocketOptions { ReceiveBufferSize = PerfSettings.ReceiveBufferSize });
            _socket.Bind(local);
            _connected = remote is not null;
            if (remote is not null)
            {
                _socket.Connect(remote);
            }
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _from = new SocketAddress(local.AddressFamily);
    }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    public bool DropsAreDatagrams => true;

    public uint? BufferDrops
    {
        get
        {
            Span<byte> values = stackalloc byte[(MemoryInfoDrops + 1) * sizeof(uint)];
            return OperatingSystem.IsLinux() && _socket.GetRawSocketOption(SolSocket, MemoryInfo, values) == values.Length
                ? BitConverter.ToUInt32(values[(MemoryInfoDrops * sizeof(uint))..])
                : null;
        }
    }

    public void Send(ReadOnlyMemory<byte> datagram, in DatagramAddress to)
    {
        try
        {
            if (_connected)
            {
                _socket.Send(datagram.Span);
            }
            else
            {
                _socket.SendTo(datagram.Span, SocketFlags.None, to.ToIPEndPoint());
            }
        }
        catch (SocketException)
        {
            // An ICMP answer to an earlier one, no room, a port of 0 that a stranger made up: fired and forgotten. Who waits for
            // an answer notices.
        }
    }

    public IProbeFlow Open(uint flow, in DatagramAddress to, int datagramSize, long bitsPerSecond) =>
        new SingleFlow(this, to, flow, datagramSize, bitsPerSecond);

    // Blocking for each, as a plain program does; now and then the caller gets a turn.
    public void Receive(DatagramSink sink, TimeSpan patience) => Receive(sink, patience, 256);

    public void ReceiveNext(DatagramSink sink, TimeSpan patience) => Receive(sink, patience, 1);

    public void Dispose() => _socket.Dispose();

    private void Receive(DatagramSink sink, TimeSpan patience, int most)
    {
        if (patience <= TimeSpan.Zero && _socket.Available == 0)
        {
            // A blocking socket waits for a millisecond at least.
            return;
        }

        int timeout = Math.Max(1, (int)patience.TotalMilliseconds);
        if (timeout != _timeout)
        {
            // A system call: not for each datagram.
            _socket.ReceiveTimeout = _timeout = timeout;
        }

        try
        {
            Instant until = MonotonicClock.Shared.Now + patience;
            for (int i = 0; i < most && (i == 0 || MonotonicClock.Shared.Now < until); i++)
            {
                int length = _socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
                sink.Take(_buffer.AsSpan(0, length), DatagramAddress.From(_from), MonotonicClock.Shared.Now);
            }
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            // Nothing came for a while.
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            sink.NoteRefusal();
        }
    }

    private sealed class SingleFlow : IProbeFlow
    {
        private readonly KernelDatagramPort _port;
        private readonly DatagramAddress _to;
        private readonly uint _flow;
        private readonly byte[] _datagram;
        private readonly uint _payloadSum;
        private readonly MonotonicClock _clock = MonotonicClock.Shared;
        private readonly Pacer _pacer;

        public SingleFlow(KernelDatagramPort port, DatagramAddress to, uint flow, int datagramSize, long bitsPerSecond)
        {
            (_port, _to, _flow) = (port, to, flow);
            _datagram = GC.AllocateArray<byte>(datagramSize, pinned: true);
            new Random(datagramSize).NextBytes(_datagram);
            _payloadSum = ProbeHeader.SumOf(_datagram.AsSpan(ProbeHeader.Size));
            _pacer = new Pacer(bitsPerSecond, _clock.Now);
        }

        public long Sent { get; private set; }

        public TimeSpan Wait => _pacer.Until(_clock.Now);

        public void Send(int most)
        {
            TimeSpan wait = Wait;
            if (wait > TimeSpan.Zero)
            {
                Thread.Sleep(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait);
                return;
            }

            TrySend(most);
        }

        public bool TrySend(int most)
        {
            // Some at a time, so that looking at the clock costs both transports alike.
            int count = _pacer.Allowed(_clock.Now, _datagram.Length, Math.Min(most, 64));
            for (int i = 0; i < count; i++)
            {
                Instant now = _clock.Now;
                new ProbeHeader(_flow, (ulong)Sent, now.Ticks, MonotonicClock.Id, _datagram.Length - ProbeHeader.Size).Write(_datagram, _payloadSum);
                _port.Send(_datagram, _to);
                _pacer.Count(now, _datagram.Length);
                Sent++;
            }

            return true;
        }
    }
}
