using System.Net;
using System.Net.Sockets;

namespace NetLab.Udp.Sockets;

/// <content>Many datagrams a system call, as Linux offers it.</content>
public sealed partial class DatagramSocket
{
    // asm-generic/errno.h.
    private const int ErrorInterrupted = 4;
    private const int ErrorIo = 5;
    private const int ErrorAgain = 11;
    private const int ErrorInvalid = 22;
    private const int ErrorMessageSize = 90;
    private const int ErrorNoBuffers = 105;
    private const int ErrorConnectionRefused = 111;

    // Cleared for good when the kernel or the device refuses to segment (EIO, EINVAL).
    private bool _segments = true;

    private DatagramReceiveStatus TryReceiveBatch(Span<byte> buffer, out DatagramBatch batch)
    {
        batch = default;
        Span<byte> address = stackalloc byte[28];
        int length = LinuxSocketCalls.Receive(Socket.SafeHandle, buffer, address, out int segmentSize, out int error);
        switch (error)
        {
            case 0:
                DatagramAddress from = DatagramAddress.FromSockaddr(Socket.AddressFamily == AddressFamily.InterNetwork, address);
                batch = new DatagramBatch(length, segmentSize, from, _clock.Now);
                return DatagramReceiveStatus.Received;
            case ErrorConnectionRefused:
                return DatagramReceiveStatus.Refused;
            default:
                // EAGAIN, EINTR, ENOBUFS …: nothing to be had now, and nothing that a loop should end for.
                return DatagramReceiveStatus.Empty;
        }
    }

    private DatagramSendStatus TrySendBatches(ReadOnlySpan<byte> bytes, int segmentSize, in DatagramAddress to, out int bytesSent)
    {
        bytesSent = 0;
        ReadOnlySpan<byte> address = default;
        if (!_connected)
        {
            SocketAddress destination = Destination(to);
            address = destination.Buffer.Span[..destination.Size];
        }

        do
        {
            ReadOnlySpan<byte> rest = bytes[bytesSent..];
            int most = _segments ? Math.Min(LinuxSocketCalls.MaxSegments, MaxDatagramSize / segmentSize) : 1;
            ReadOnlySpan<byte> batch = rest[..Math.Min(rest.Length, Math.Max(1, most) * segmentSize)];
            int error = LinuxSocketCalls.Send(Socket.SafeHandle, batch, segmentSize, address);
            if (error is ErrorIo or ErrorInvalid or ErrorMessageSize && batch.Length > segmentSize)
            {
                // The device cannot segment, or the segments do not fit its MTU: the first datagram alone tells whether
                // batches are to blame. Nothing of the batch was sent, so nothing is lost.
                batch = batch[..segmentSize];
                int alone = LinuxSocketCalls.Send(Socket.SafeHandle, batch, segmentSize, address);
                _segments &= alone != 0;
                error = alone;
            }

            if (error != 0)
            {
                return StatusOf(error);
            }

            bytesSent += batch.Length;
        }
        while (bytesSent < bytes.Length);
        return DatagramSendStatus.Sent;
    }

    private static DatagramSendStatus StatusOf(int error) => error switch
    {
        ErrorAgain or ErrorInterrupted or ErrorNoBuffers => DatagramSendStatus.Blocked,
        ErrorMessageSize => DatagramSendStatus.TooLarge,
        _ => DatagramSendStatus.Unreachable,
    };
}
