using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace NetLab.Udp.Sockets;

/// <summary>Many datagrams a call out of a socket: cut by the kernel or the device, or one by one in one call where neither does. One sender at a time.</summary>
/// <param name="socket">The socket.</param>
/// <param name="connected">Whether it has a peer, and takes no address.</param>
/// <param name="statistics">Counts what was sent.</param>
internal sealed unsafe class LinuxDatagramSender(Socket socket, bool connected, DatagramSocketStatistics statistics)
{
    /// <summary>Buffers one call may gather from: a header and a payload for each of the most datagrams it carries.</summary>
    public const int MaxPieces = 2 * LinuxSocketCalls.MaxSegments;

    // asm-generic/errno.h.
    private const int ErrorInterrupted = 4;
    private const int ErrorIo = 5;
    private const int ErrorAgain = 11;
    private const int ErrorInvalid = 22;
    private const int ErrorMessageSize = 90;
    private const int ErrorAddressNotAvailable = 99;
    private const int ErrorNetworkDown = 100;
    private const int ErrorNetworkUnreachable = 101;
    private const int ErrorNoBuffers = 105;
    private const int ErrorHostUnreachable = 113;

    // No path is narrower than IPv6's minimum of 1280 bytes (RFC 8200, 5), less its header and UDP's: a segment of this size
    // that is refused was not refused for its size.
    private const int FitsEveryPath = 1280 - 40 - 8;

    private readonly bool _isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
    private readonly SocketDestination _destination = new(socket.AddressFamily);
    private readonly MemoryHandle[] _pins = new MemoryHandle[MaxPieces];

    // The largest segment size that is worth asking to have cut; 0 once the kernel or the device has refused to cut at all, or where an
    // older kernel cannot.
    private int _largestSegment = LinuxSocketOptions.CanSegment(socket.SafeHandle) ? DatagramSocket.MaxDatagramSize : 0;

    /// <summary>Sends bytes that stand in one place; see <see cref="DatagramCalls.TrySend(ReadOnlySpan{byte}, int, in DatagramAddress, EcnCodepoint, out int)"/>.</summary>
    public DatagramSendStatus TrySend(ReadOnlySpan<byte> bytes, int segmentSize, in DatagramAddress to, EcnCodepoint ecn, out int bytesSent)
    {
        fixed (byte* start = bytes)
        {
            var piece = new IoVector { Base = start, Length = (nuint)bytes.Length };
            return Send(new ReadOnlySpan<IoVector>(ref piece), 0, segmentSize, to, ecn, out bytesSent);
        }
    }

    /// <summary>Sends bytes that stand in several places, gathered in turn.</summary>
    public DatagramSendStatus TrySend(
        ReadOnlySpan<ReadOnlyMemory<byte>> pieces, int skip, int segmentSize, in DatagramAddress to, out int bytesSent)
    {
        Span<IoVector> vectors = stackalloc IoVector[MaxPieces];
        int count = pieces.Length;
        int pinned = 0;
        try
        {
            for (; pinned < count; pinned++)
            {
                _pins[pinned] = pieces[pinned].Pin();
                vectors[pinned] = new IoVector { Base = _pins[pinned].Pointer, Length = (nuint)pieces[pinned].Length };
            }

            return Send(vectors[..count], skip, segmentSize, to, EcnCodepoint.NotEct, out bytesSent);
        }
        finally
        {
            for (int i = 0; i < pinned; i++)
            {
                _pins[i].Dispose();
            }
        }
    }

    private DatagramSendStatus Send(ReadOnlySpan<IoVector> pieces, int skip, int segmentSize, in DatagramAddress to, EcnCodepoint ecn, out int bytesSent)
    {
        ReadOnlySpan<byte> address = default;
        if (!connected)
        {
            SocketAddress destination = _destination.Of(to);
            address = destination.Buffer.Span[..destination.Size];
        }

        int total = 0;
        foreach (IoVector piece in pieces)
        {
            total += (int)piece.Length;
        }

        total -= skip;
        bytesSent = 0;
        do
        {
            int most = segmentSize <= _largestSegment ? Math.Min(LinuxSocketCalls.MaxSegments, DatagramSocket.MaxDatagramSize / segmentSize) : 1;
            if (most <= 1 && pieces.Length == 1 && total - bytesSent > segmentSize)
            {
                DatagramSendStatus status = SendMany((byte*)pieces[0].Base + skip + bytesSent, total - bytesSent, segmentSize, ecn, address, ref bytesSent);
                if (status != DatagramSendStatus.Sent)
                {
                    return status;
                }

                continue;
            }

            int length = Math.Min(total - bytesSent, Math.Max(1, most) * segmentSize);
            int error = SendSlice(pieces, skip + bytesSent, length, segmentSize, ecn, address);
            if (length > segmentSize && error is ErrorIo or ErrorInvalid or ErrorMessageSize)
            {
                // The first datagram alone tells whether cutting is to blame. Nothing of the batch was sent, so nothing is lost.
                length = segmentSize;
                int alone = SendSlice(pieces, skip + bytesSent, length, segmentSize, ecn, address);
                if (alone == 0)
                {
                    _largestSegment = error == ErrorIo || segmentSize <= FitsEveryPath ? 0 : segmentSize - 1;
                }

                error = alone;
            }

            if (error != 0)
            {
                return StatusOf(error);
            }

            statistics.CountSent(length, segmentSize);
            bytesSent += length;
        }
        while (bytesSent < total);
        return DatagramSendStatus.Sent;
    }

    // Where nothing cuts, a call at least carries many.
    private DatagramSendStatus SendMany(byte* bytes, int length, int segmentSize, EcnCodepoint ecn, ReadOnlySpan<byte> address, ref int bytesSent)
    {
        statistics.SendCalls++;
        int error = LinuxSocketCalls.SendMany(socket.SafeHandle, bytes, length, segmentSize, ecn, _isIPv6, address, out int datagrams);
        if (error != 0)
        {
            return StatusOf(error);
        }

        int taken = Math.Min(length, datagrams * segmentSize);
        statistics.CountSent(taken, segmentSize);
        bytesSent += taken;
        return DatagramSendStatus.Sent;
    }

    // Sends so many bytes from a position in the pieces taken as one.
    private int SendSlice(ReadOnlySpan<IoVector> pieces, int offset, int length, int segmentSize, EcnCodepoint ecn, ReadOnlySpan<byte> address)
    {
        statistics.SendCalls++;
        IoVector* slice = stackalloc IoVector[pieces.Length];
        int count = 0;
        int left = length;
        foreach (IoVector piece in pieces)
        {
            int available = (int)piece.Length - offset;
            if (available <= 0)
            {
                offset -= (int)piece.Length;
                continue;
            }

            int taken = Math.Min(available, left);
            slice[count++] = new IoVector { Base = (byte*)piece.Base + offset, Length = (nuint)taken };
            offset = 0;
            left -= taken;
            if (left == 0)
            {
                break;
            }
        }

        return LinuxSocketCalls.Send(socket.SafeHandle, slice, count, length > segmentSize ? segmentSize : 0, ecn, _isIPv6, address);
    }

    private static DatagramSendStatus StatusOf(int error) => error switch
    {
        ErrorAgain or ErrorInterrupted or ErrorNoBuffers => DatagramSendStatus.Blocked,
        ErrorMessageSize => DatagramSendStatus.TooLarge,
        ErrorAddressNotAvailable or ErrorNetworkDown or ErrorNetworkUnreachable or ErrorHostUnreachable => DatagramSendStatus.NoRoute,
        _ => DatagramSendStatus.Unreachable,
    };
}
