using System.Buffers;
using System.Net;
using System.Net.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Sockets;

/// <summary>One datagram a call, by .NET's own sockets: works on every system.</summary>
internal sealed class PortableDatagramCalls(Socket socket, bool connected) : DatagramCalls
{
    private readonly SocketAddress _receivedFrom = new(socket.AddressFamily);
    private readonly SocketDestination _destination = new(socket.AddressFamily);
    private readonly MonotonicClock _clock = MonotonicClock.Shared;

    public override DatagramReceiveStatus TryReceive(Span<byte> buffer, out DatagramBatch batch)
    {
        batch = default;
        while (true)
        {
            try
            {
                // Asking first costs a call, but a thrown "would block" costs fifty.
                if (!socket.Poll(0, SelectMode.SelectRead) && !(connected && socket.Poll(0, SelectMode.SelectError)))
                {
                    return DatagramReceiveStatus.Empty;
                }

                int length = socket.ReceiveFrom(buffer, SocketFlags.None, _receivedFrom);
                batch = new DatagramBatch(length, length, DatagramAddress.From(_receivedFrom), _clock.Now, 0);
                Statistics.ReceiveCalls++;
                CountReceived(length, length);
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

    public override DatagramSendStatus TrySend(ReadOnlySpan<byte> bytes, int segmentSize, in DatagramAddress to, EcnCodepoint ecn, out int bytesSent)
    {
        bytesSent = 0;
        do
        {
            ReadOnlySpan<byte> datagram = bytes.Slice(bytesSent, Math.Min(segmentSize, bytes.Length - bytesSent));
            DatagramSendStatus status = SendOne(datagram, to);
            if (status != DatagramSendStatus.Sent)
            {
                return status;
            }

            bytesSent += datagram.Length;
        }
        while (bytesSent < bytes.Length);
        return DatagramSendStatus.Sent;
    }

    public override DatagramSendStatus TrySend(
        ReadOnlySpan<ReadOnlyMemory<byte>> pieces, int skip, int segmentSize, in DatagramAddress to, out int bytesSent)
    {
        // .NET's sockets gather only from lists of array segments, which would allocate more than a copy costs.
        int total = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            total += piece.Length;
        }

        byte[] joined = ArrayPool<byte>.Shared.Rent(Math.Max(1, total));
        int at = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            piece.Span.CopyTo(joined.AsSpan(at));
            at += piece.Length;
        }

        try
        {
            return TrySend(joined.AsSpan(skip, total - skip), segmentSize, to, EcnCodepoint.NotEct, out bytesSent);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(joined);
        }
    }

    private DatagramSendStatus SendOne(ReadOnlySpan<byte> datagram, in DatagramAddress to)
    {
        try
        {
            Statistics.SendCalls++;
            if (connected)
            {
                socket.Send(datagram);
            }
            else
            {
                socket.SendTo(datagram, SocketFlags.None, _destination.Of(to));
            }

            Statistics.CountSent(datagram.Length, datagram.Length);
            return DatagramSendStatus.Sent;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable or SocketError.Interrupted)
        {
            return DatagramSendStatus.Blocked;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.MessageSize)
        {
            return DatagramSendStatus.TooLarge;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.NetworkDown or SocketError.NetworkUnreachable
            or SocketError.HostUnreachable or SocketError.AddressNotAvailable)
        {
            return DatagramSendStatus.NoRoute;
        }
        catch (SocketException)
        {
            // Nobody there, not permitted, a port of 0 that somebody made up: whatever it is, it is about
            // this destination, and the loop that sends goes on.
            return DatagramSendStatus.Unreachable;
        }
    }

    private static bool IsPassing(SocketError error) => error is SocketError.ConnectionRefused or SocketError.ConnectionReset
        or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
        or SocketError.AccessDenied or SocketError.MessageSize or SocketError.TimedOut or SocketError.AddressNotAvailable;
}
