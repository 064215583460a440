using System.Net;
using System.Net.Sockets;
using NetLab.Udp.Counters;

namespace NetLab.Udp.Sockets;

/// <summary>
/// A UDP socket that never blocks and never throws for what the network does: a full buffer, an unreachable peer
/// and an oversized datagram are answers. Wait for it with a <see cref="DatagramPoller"/>.
/// One thread receives and one thread sends at a time.
/// </summary>
public sealed class DatagramSocket : IDisposable
{
    /// <summary>The largest UDP payload over IPv4: 65,535 less 20 bytes of IP and 8 of UDP header (RFC 768, RFC 791).</summary>
    public const int MaxDatagramSize = 65_507;

    /// <summary>
    /// Bytes a receive buffer needs so that nothing is cut: the largest payload over IPv6, 65,535 less 8 bytes of UDP header,
    /// rounded up.
    /// </summary>
    public const int ReceiveBufferLength = 1 << 16;

    /// <summary>The most buffers one call may gather from.</summary>
    public const int MaxPieces = LinuxDatagramSender.MaxPieces;

    private readonly DatagramCalls _calls;
    private readonly Tally<DatagramSocketStatistics> _counts;

    private DatagramSocket(Socket socket, DatagramSocketOptions options)
    {
        Socket = socket;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        bool connected = options.Remote is not null;
        _calls = options.UseBatches && LinuxSocketCalls.IsSupported
            ? new LinuxDatagramCalls(socket, connected, options.ReceiveHopLimit)
            : new PortableDatagramCalls(socket, connected);
        _counts = options.Counts;
        _counts.Add(Statistics);
    }

    /// <summary>Where the socket is bound, with the port the system chose if 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>The receive buffer the system granted, in bytes.</summary>
    public int ReceiveBufferSize => Socket.ReceiveBufferSize;

    /// <summary>The send buffer the system granted, in bytes.</summary>
    public int SendBufferSize => Socket.SendBufferSize;

    /// <summary>What has passed through the socket.</summary>
    public DatagramSocketStatistics Statistics => _calls.Statistics;

    /// <summary>
    /// How often the kernel has dropped something because the receive buffer was full, or null where it does not say. A
    /// system call; what a batch knows of it, <see cref="DatagramBatch.BufferDrops"/>, comes for nothing.
    /// </summary>
    public uint? BufferDrops => _calls.BufferDrops;

    /// <summary>Whether datagrams come one by one, though the system was asked to put them together.</summary>
    public bool IsUncoalesced => _calls.IsUncoalesced;

    /// <summary>
    /// Whether datagrams are in this process already, that a call brought together with others: the system does not know of
    /// them any more, so whoever waits for it must take these first. A <see cref="DatagramPoller"/> does.
    /// </summary>
    public bool HasWaiting => _calls.HasWaiting;

    /// <summary>
    /// The time to live, or hop limit, of what is sent from now on, 1 to 255. A program that passes datagrams on sends them with less
    /// than they came with, so that no circle of such programs keeps one for ever.
    /// </summary>
    public byte HopLimit
    {
        get => (byte)Socket.Ttl;
        set => Socket.Ttl = value;
    }

    internal Socket Socket { get; }

    internal bool TryWait(TimeSpan timeout, Waker waker, byte[] buffer, out bool woken) => _calls.TryWait(timeout, waker, buffer, out woken);

    internal void StopWaiting() => _calls.StopWaiting();

    /// <summary>Opens a socket on a local address.</summary>
    /// <param name="local">Address and port; port 0 lets the system choose.</param>
    /// <param name="options">Buffers and the peer; null for the defaults.</param>
    /// <exception cref="SocketException">The address is taken, is not this machine's, or is not permitted.</exception>
    /// <exception cref="PlatformNotSupportedException">The port is to be shared, and the system does not offer that.</exception>
    public static DatagramSocket Bind(IPEndPoint local, DatagramSocketOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(local);
        options ??= new DatagramSocketOptions();
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // SIO_UDP_CONNRESET: without it Windows fails the next receive after an ICMP port unreachable.
                const int ConnectionResetControl = unchecked((int)0x9800000C);
                socket.IOControl(ConnectionResetControl, [0, 0, 0, 0], null);
            }

            RequestBuffers(socket, options);
            if (options.DontFragment)
            {
                ForbidFragments(socket);
            }

            if (options.ReusePort)
            {
                SharePort(socket);
            }

            socket.Bind(local);
            if (options.Remote is { } remote)
            {
                socket.Connect(remote);
            }

            return new DatagramSocket(socket, options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Asks the system for the buffers that <see cref="Bind"/> asks for, on a socket that is not one of these. It grants what
    /// its limits allow, and the receive buffer in full to who may administer the network.
    /// </summary>
    public static void RequestBuffers(Socket socket, DatagramSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(options);
        socket.ReceiveBufferSize = options.ReceiveBufferSize;
        socket.SendBufferSize = options.SendBufferSize;
        if (LinuxSocketCalls.IsSupported && socket.ReceiveBufferSize < options.ReceiveBufferSize)
        {
            LinuxSocketOptions.TryForceReceiveBuffer(socket.SafeHandle, options.ReceiveBufferSize);
        }
    }

    private static void SharePort(Socket socket)
    {
        // asm-generic/socket.h. Other systems have an option of this name that does something else.
        const int SocketLevel = 1;
        const int ReusePort = 15;
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Several sockets on one port (SO_REUSEPORT) need Linux.");
        }

        socket.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(1));
    }

    private static void ForbidFragments(Socket socket)
    {
        bool isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        if (!LinuxSocketCalls.IsSupported || !LinuxSocketOptions.TryForbidFragments(socket.SafeHandle, isIPv6))
        {
            // What routers must not do anyway, IPv6's senders may: there the system's own habit stays.
            socket.DontFragment = !isIPv6;
        }
    }

    /// <summary>Receives what is waiting, if anything is.</summary>
    /// <param name="buffer">Where the bytes go; at least <see cref="ReceiveBufferLength"/> long, or datagrams may be cut.</param>
    /// <param name="batch">What was received.</param>
    public DatagramReceiveStatus TryReceive(Span<byte> buffer, out DatagramBatch batch) => _calls.TryReceive(buffer, out batch);

    /// <summary>Sends datagrams of <paramref name="segmentSize"/> bytes, the last may be shorter.</summary>
    /// <param name="bytes">The datagrams, back to back.</param>
    /// <param name="segmentSize">Bytes a datagram, 1 to <see cref="MaxDatagramSize"/>.</param>
    /// <param name="to">The destination; a connected socket's own peer is used instead.</param>
    /// <param name="bytesSent">How many bytes the system took: all of them, or a whole number of datagrams.</param>
    public DatagramSendStatus TrySend(ReadOnlySpan<byte> bytes, int segmentSize, in DatagramAddress to, out int bytesSent) =>
        TrySend(bytes, segmentSize, to, EcnCodepoint.NotEct, out bytesSent);

    /// <summary>The same with something in the ECN field of their IP headers.</summary>
    /// <param name="bytes">The datagrams, back to back.</param>
    /// <param name="segmentSize">Bytes a datagram, 1 to <see cref="MaxDatagramSize"/>.</param>
    /// <param name="to">The destination; a connected socket's own peer is used instead.</param>
    /// <param name="ecn">What the field says; nothing where the system offers no way to set it a datagram.</param>
    /// <param name="bytesSent">How many bytes the system took: all of them, or a whole number of datagrams.</param>
    public DatagramSendStatus TrySend(ReadOnlySpan<byte> bytes, int segmentSize, in DatagramAddress to, EcnCodepoint ecn, out int bytesSent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentSize, 1);
        return _calls.TrySend(bytes, segmentSize, to, ecn, out bytesSent);
    }

    /// <summary>
    /// Sends datagrams gathered from several buffers, so that a header and its payload need not be copied together. Where a
    /// piece ends has nothing to do with where a datagram does.
    /// </summary>
    /// <param name="pieces">The datagrams, back to back when the pieces are taken in turn; at most 128. Memory made by
    /// <see cref="System.Runtime.InteropServices.MemoryMarshal.CreateFromPinnedArray"/> costs nothing to hold still.</param>
    /// <param name="skip">Bytes at the beginning that an earlier call has sent already.</param>
    /// <param name="segmentSize">Bytes a datagram, 1 to <see cref="MaxDatagramSize"/>; the last may be shorter.</param>
    /// <param name="to">The destination; a connected socket's own peer is used instead.</param>
    /// <param name="bytesSent">How many bytes the system took behind those skipped: all of them, or a whole number of datagrams.</param>
    /// <exception cref="ArgumentException">More pieces than one call may have.</exception>
    public DatagramSendStatus TrySend(
        ReadOnlySpan<ReadOnlyMemory<byte>> pieces, int skip, int segmentSize, in DatagramAddress to, out int bytesSent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(skip);
        if (pieces.Length > MaxPieces)
        {
            throw new ArgumentException($"At most {MaxPieces} pieces a call.", nameof(pieces));
        }

        return _calls.TrySend(pieces, skip, segmentSize, to, out bytesSent);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _counts.Remove(Statistics);
        Socket.Dispose();
    }
}
