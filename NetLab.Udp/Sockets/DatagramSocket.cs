using System.Net;
using System.Net.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Sockets;

/// <summary>
/// A UDP socket that never blocks and never throws for what the network does: a full buffer, an unreachable peer
/// and an oversized datagram are answers. Wait for it with a <see cref="DatagramPoller"/>.
/// One thread receives and one thread sends at a time.
/// </summary>
public sealed partial class DatagramSocket : IDisposable
{
    /// <summary>The largest UDP payload over IPv4: 65,535 less 20 bytes of IP and 8 of UDP header (RFC 768, RFC 791).</summary>
    public const int MaxDatagramSize = 65_507;

    private readonly SocketAddress _receivedFrom;
    private readonly SocketAddress _sendTo;
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly bool _connected;
    private DatagramAddress _sendToValue;

    private DatagramSocket(Socket socket, bool connected)
    {
        Socket = socket;
        _connected = connected;
        _receivedFrom = new SocketAddress(socket.AddressFamily);
        _sendTo = new SocketAddress(socket.AddressFamily);
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        if (LinuxSocketCalls.IsSupported)
        {
            // Without it each call brings one datagram, and nothing else changes.
            LinuxSocketCalls.TryEnableCoalescing(socket.SafeHandle);
        }
    }

    /// <summary>Where the socket is bound, with the port the system chose if 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>The receive buffer the system granted, in bytes.</summary>
    public int ReceiveBufferSize => Socket.ReceiveBufferSize;

    /// <summary>The send buffer the system granted, in bytes.</summary>
    public int SendBufferSize => Socket.SendBufferSize;

    internal Socket Socket { get; }

    /// <summary>Opens a socket on a local address.</summary>
    /// <param name="local">Address and port; port 0 lets the system choose.</param>
    /// <param name="options">Buffers and the peer; null for the defaults.</param>
    /// <exception cref="SocketException">The address is taken, is not this machine's, or is not permitted.</exception>
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

            socket.ReceiveBufferSize = options.ReceiveBufferSize;
            socket.SendBufferSize = options.SendBufferSize;
            socket.Bind(local);
            if (options.Remote is { } remote)
            {
                socket.Connect(remote);
            }

            return new DatagramSocket(socket, options.Remote is not null);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Receives what is waiting, if anything is.</summary>
    /// <param name="buffer">Where the bytes go; at least <see cref="MaxDatagramSize"/> long, or datagrams are cut.</param>
    /// <param name="batch">What was received.</param>
    public DatagramReceiveStatus TryReceive(Span<byte> buffer, out DatagramBatch batch) =>
        LinuxSocketCalls.IsSupported ? TryReceiveBatch(buffer, out batch) : TryReceiveOne(buffer, out batch);

    /// <summary>Sends datagrams of <paramref name="segmentSize"/> bytes, the last may be shorter.</summary>
    /// <param name="bytes">The datagrams, back to back.</param>
    /// <param name="segmentSize">Bytes a datagram, 1 to <see cref="MaxDatagramSize"/>.</param>
    /// <param name="to">The destination; a connected socket's own peer is used instead.</param>
    /// <param name="bytesSent">How many bytes the system took: all of them, or a whole number of datagrams.</param>
    public DatagramSendStatus TrySend(ReadOnlySpan<byte> bytes, int segmentSize, in DatagramAddress to, out int bytesSent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentSize, 1);
        return LinuxSocketCalls.IsSupported
            ? TrySendBatches(bytes, segmentSize, to, out bytesSent)
            : TrySendOneByOne(bytes, segmentSize, to, out bytesSent);
    }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();

    private DatagramReceiveStatus TryReceiveOne(Span<byte> buffer, out DatagramBatch batch)
    {
        batch = default;
        while (true)
        {
            try
            {
                // Asking first costs a call, but a thrown "would block" costs fifty.
                if (!Socket.Poll(0, SelectMode.SelectRead) && !(_connected && Socket.Poll(0, SelectMode.SelectError)))
                {
                    return DatagramReceiveStatus.Empty;
                }

                int length = Socket.ReceiveFrom(buffer, SocketFlags.None, _receivedFrom);
                batch = new DatagramBatch(length, length, DatagramAddress.From(_receivedFrom), _clock.Now);
                return DatagramReceiveStatus.Received;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.Interrupted)
            {
                return DatagramReceiveStatus.Empty;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
            {
                return DatagramReceiveStatus.Refused;
            }
            catch (SocketException error) when (IsPassing(error.SocketErrorCode))
            {
                // An error that an earlier datagram left behind: it is reported once, what waits behind it is good.
            }
            catch (SocketException)
            {
                // Such as ENOBUFS: nothing to be had now, and nothing that a loop should end for.
                return DatagramReceiveStatus.Empty;
            }
        }
    }

    private DatagramSendStatus TrySendOneByOne(ReadOnlySpan<byte> bytes, int segmentSize, in DatagramAddress to, out int bytesSent)
    {
        bytesSent = 0;
        do
        {
            ReadOnlySpan<byte> datagram = bytes.Slice(bytesSent, Math.Min(segmentSize, bytes.Length - bytesSent));
            try
            {
                if (_connected)
                {
                    Socket.Send(datagram);
                }
                else
                {
                    Socket.SendTo(datagram, SocketFlags.None, Destination(to));
                }

                bytesSent += datagram.Length;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable or SocketError.Interrupted)
            {
                return DatagramSendStatus.Blocked;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.MessageSize)
            {
                return DatagramSendStatus.TooLarge;
            }
            catch (SocketException)
            {
                // No route, nobody there, not permitted, a port of 0 that a stranger made up: whatever it is, it is about
                // this destination, and the loop that sends goes on.
                return DatagramSendStatus.Unreachable;
            }
        }
        while (bytesSent < bytes.Length);
        return DatagramSendStatus.Sent;
    }

    private static bool IsPassing(SocketError error) => error is SocketError.ConnectionRefused or SocketError.ConnectionReset
        or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
        or SocketError.AccessDenied or SocketError.MessageSize or SocketError.TimedOut or SocketError.AddressNotAvailable;

    // Rewritten only when the peer changes: a flow sends to one peer.
    private SocketAddress Destination(in DatagramAddress to)
    {
        if (to != _sendToValue)
        {
            IPEndPoint endPoint = to.ToIPEndPoint();
            if (Socket.AddressFamily == AddressFamily.InterNetworkV6 && endPoint.AddressFamily == AddressFamily.InterNetwork)
            {
                endPoint = new IPEndPoint(endPoint.Address.MapToIPv6(), endPoint.Port);
            }

            SocketAddress serialized = endPoint.Serialize();
            serialized.Buffer.Span[..serialized.Size].CopyTo(_sendTo.Buffer.Span);
            _sendTo.Size = serialized.Size;
            _sendToValue = to;
        }

        return _sendTo;
    }
}
