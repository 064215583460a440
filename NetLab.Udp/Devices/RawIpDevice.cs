using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Devices;

/// <summary>
/// Packets of TCP over IPv4 beside the kernel's own stack (raw(7)): those that come to one of the kernel's addresses are read here as well as by the
/// kernel, and what is written here leaves as the kernel's. Needs CAP_NET_RAW. The kernel knows nothing of connections made by this, and resets them unless
/// a rule keeps it from that. One thread uses it; <see cref="Wake"/> is for any.
/// </summary>
public sealed class RawIpDevice : IpDevice
{
    // asm-generic/socket.h: SOL_SOCKET, SO_MARK.
    private const int SocketLevel = 1;
    private const int MarkOption = 36;
    private const int DestinationOffset = 16;
    private const int BufferSize = 4 << 20;

    private readonly Socket _tcp;
    private readonly Socket _icmp;
    private readonly Lazy<Waker> _waker = new(Waker.Create);
    private readonly byte[] _packet = new byte[MaxPacketLength];
    private readonly SocketAddress _to = new(AddressFamily.InterNetwork);
    private readonly IPAddress _local;
    private int _woken;

    private RawIpDevice(IPAddress local, Socket tcp, Socket icmp) => (_local, _tcp, _icmp) = (local, tcp, icmp);

    /// <summary>What our packets are marked with where CAP_NET_ADMIN is there, so that a rule can tell our RSTs from the kernel's.</summary>
    public const int Mark = 0x6E6C;

    /// <summary>Whether the system has such sockets that hand over whole packets.</summary>
    public static bool IsSupported => LinuxSocketCalls.IsSupported;

    /// <inheritdoc/>
    public override string Name => $"raw {_local}";

    /// <inheritdoc/>
    public override int Mtu => NetworkInterface.GetAllNetworkInterfaces()
        .FirstOrDefault(i => i.GetIPProperties().UnicastAddresses.Any(a => a.Address.Equals(_local) || (IPAddress.IsLoopback(a.Address) && IPAddress.IsLoopback(_local))))
        ?.GetIPProperties().GetIPv4Properties() is { Mtu: > 0 } properties ? Math.Min(properties.Mtu, MaxPacketLength) : 1500;

    /// <summary>Opens sockets for an address.</summary>
    /// <param name="local">One of this machine's addresses of IPv4.</param>
    /// <exception cref="SocketException">The right is missing, or the address is not this machine's.</exception>
    public static RawIpDevice Open(IPAddress local)
    {
        ArgumentNullException.ThrowIfNull(local);
        var made = new List<Socket>();
        try
        {
            foreach (ProtocolType protocol in (ProtocolType[])[ProtocolType.Tcp, ProtocolType.Icmp])
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, protocol) { Blocking = false };
                made.Add(socket);
                socket.ReceiveBufferSize = BufferSize;
                socket.Bind(new IPEndPoint(local, 0));
            }

            made[0].SendBufferSize = BufferSize;
            made[0].SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
            TryMark(made[0]);
            return new RawIpDevice(local, made[0], made[1]);
        }
        catch
        {
            made.ForEach(s => s.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Wait(TimeSpan timeout)
    {
        Span<LinuxSocketCalls.PollDescriptor> descriptors = [Wanting((int)_tcp.Handle), Wanting((int)_icmp.Handle), Wanting(_waker.Value.Descriptor)];
        LinuxSocketCalls.Poll(descriptors, timeout);
        if (descriptors[2].Happened != 0)
        {
            _waker.Value.Drain();
            Interlocked.Exchange(ref _woken, 0);
        }
    }

    /// <inheritdoc/>
    public override void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0 && !_waker.Value.TryWake())
        {
            Interlocked.Exchange(ref _woken, 0);
        }
    }

    /// <inheritdoc/>
    protected override bool TryReadPacket(Span<byte> packet, out PacketOffload offload, out int length)
    {
        offload = default;
        return TryRead(_tcp, packet, out length) || TryRead(_icmp, packet, out length);
    }

    /// <inheritdoc/>
    protected override DatagramSendStatus TryWritePacket(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> segments, int segmentSize, int skip, in PacketOffload offload)
    {
        headers.CopyTo(_packet);
        int length = headers.Length;
        for (int at = 0; at < segments.Length; at += segmentSize)
        {
            ReadOnlySpan<byte> payload = segments[at..Math.Min(at + segmentSize, segments.Length)][skip..];
            payload.CopyTo(_packet.AsSpan(length));
            length += payload.Length;
        }

        headers.Slice(DestinationOffset, 4).CopyTo(_to.Buffer.Span[4..]);
        try
        {
            _tcp.SendTo(_packet.AsSpan(0, length), SocketFlags.None, _to);
            return DatagramSendStatus.Sent;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode switch
            {
                SocketError.MessageSize => DatagramSendStatus.TooLarge,
                SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostUnreachable or SocketError.AddressNotAvailable => DatagramSendStatus.NoRoute,
                _ => DatagramSendStatus.Unreachable,
            };
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _tcp.Dispose();
        _icmp.Dispose();
        if (_waker.IsValueCreated)
        {
            _waker.Value.Dispose();
        }
    }

    private static LinuxSocketCalls.PollDescriptor Wanting(int descriptor) => new() { Descriptor = descriptor, Wanted = LinuxSocketCalls.PollDescriptor.Readable };

    private static void TryMark(Socket socket)
    {
        try
        {
            Span<byte> mark = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(mark, Mark);
            socket.SetRawSocketOption(SocketLevel, MarkOption, mark);
        }
        catch (SocketException)
        {
            // Without CAP_NET_ADMIN: then a rule against RSTs holds back ours as well, and a peer learns of an abort by its own timer.
        }
    }

    private static bool TryRead(Socket socket, Span<byte> packet, out int length)
    {
        length = socket.Receive(packet, SocketFlags.None, out SocketError error);
        return error == SocketError.Success && length > 0;
    }
}
