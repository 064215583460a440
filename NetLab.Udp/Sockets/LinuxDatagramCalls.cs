using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NetLab.Udp.Time;

namespace NetLab.Udp.Sockets;

/// <summary>Many datagrams a call, as 64-bit Linux offers it: generic segmentation and receive offload of UDP.</summary>
internal sealed unsafe class LinuxDatagramCalls : DatagramCalls
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
    private const int ErrorConnectionRefused = 111;
    private const int ErrorHostUnreachable = 113;

    // No path is narrower than IPv6's minimum of 1280 bytes (RFC 8200, 5), less its header and UDP's: a segment of this size
    // that is refused was not refused for its size.
    private const int FitsEveryPath = 1280 - 40 - 8;

    // So many datagrams that were not coalesced, one close behind the other, are no accident: the device does not coalesce. Questions and
    // answers that come one at a time say nothing of the device.
    private const int LoneBeforeQueue = 8;
    private static readonly TimeSpan CloseBehind = TimeSpan.FromMicroseconds(10);

    // So many calls for many that brought one: what comes, comes slowly, and one call each is cheaper.
    private const int FewBeforeSingles = 32;

    // A stamp older than this is a step of the wall clock, not a wait in the socket's buffer.
    private static readonly TimeSpan OldestStamp = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly bool _connected;
    private readonly bool _isIPv6;
    private readonly SocketDestination _destination;
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly MemoryHandle[] _pins = new MemoryHandle[MaxPieces];

    // The largest segment size that is worth asking to have cut; 0 once the kernel or the device has refused to cut at all.
    private int _largestSegment;

    // How many datagrams in a row came alone, whether nothing waited before the next, the last one's size, and how many calls for many
    // brought only one.
    private int _lone;
    private bool _wasEmpty;
    private int _expectedSize;
    private int _fewInARow;

    // Only while datagrams wait in it.
    private LinuxReceiveQueue? _queue;
    private Instant _lastReceivedAt;
    private uint _lastDrops;

    // The wait that receives, where the system has one, and what it received or failed with.
    private RingReceiver? _ring;
    private byte[]? _ringBuffer;
    private bool _hasNoRing;
    private int? _arrivedError;
    private ReceivedMessage _arrived;
    private DatagramAddress _arrivedFrom;

    public LinuxDatagramCalls(Socket socket, bool connected, bool receiveHopLimit)
    {
        _socket = socket;
        _connected = connected;
        _isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _destination = new SocketDestination(socket.AddressFamily);

        // What an older kernel lacks changes nothing but speed and precision: one datagram a call, stamped here.
        _largestSegment = LinuxSocketCalls.CanSegment(socket.SafeHandle) ? DatagramSocket.MaxDatagramSize : 0;
        LinuxSocketCalls.TryEnableCoalescing(socket.SafeHandle);
        LinuxSocketCalls.TryEnableReceiveStamps(socket.SafeHandle);
        LinuxSocketCalls.TryEnableDropCounts(socket.SafeHandle);
        LinuxSocketCalls.TryEnableEcn(socket.SafeHandle, _isIPv6);
        if (receiveHopLimit)
        {
            LinuxSocketCalls.TryEnableHopLimit(socket.SafeHandle, _isIPv6);
        }
    }

    public override uint? BufferDrops => LinuxSocketCalls.TryGetDrops(_socket.SafeHandle, out uint drops) ? drops : null;

    public override bool IsUncoalesced => _lone >= LoneBeforeQueue;

    public override bool HasWaiting => _queue is { Waiting: > 0 } || _arrivedError is not null;

    public override bool TryWait(TimeSpan timeout, Waker waker, byte[] buffer, out bool woken)
    {
        woken = false;
        if (_ring is null && !_hasNoRing)
        {
            (_ring, _ringBuffer) = (RingReceiver.TryCreate(_socket, waker, buffer), buffer);
            _hasNoRing = _ring is null;
        }

        if (_ring is null)
        {
            return false;
        }

        if (_ring.Wait(timeout, out int? outcome, out woken))
        {
            Keep(outcome);
            return true;
        }

        StopWaiting();
        _hasNoRing = true;
        return false;
    }

    public override void StopWaiting()
    {
        if (_ring is null)
        {
            return;
        }

        // At most one is under way, so nothing that is kept already is replaced.
        if (_ring.Cancel() is { } outcome)
        {
            Keep(outcome);
        }

        _ring.Dispose();
        _ring = null;
    }

    public override DatagramReceiveStatus TryReceive(Span<byte> buffer, out DatagramBatch batch)
    {
        if (_arrivedError is not null)
        {
            return TakeArrived(buffer, out batch);
        }

        if (_queue is { Waiting: > 0 } waiting)
        {
            batch = Take(waiting, buffer);
            return DatagramReceiveStatus.Received;
        }

        batch = default;
        if (_lone >= LoneBeforeQueue && LinuxReceiveQueue.IsWorthwhile(_expectedSize, buffer.Length))
        {
            return ReceiveMany(_queue ??= LinuxReceiveQueues.Take(), buffer, out batch);
        }

        Span<byte> address = stackalloc byte[LinuxSocketCalls.AddressSize];
        int error = LinuxSocketCalls.Receive(_socket.SafeHandle, buffer, address, out ReceivedMessage message);
        if (error != 0)
        {
            return StatusOfReceive(error);
        }

        Statistics.ReceiveCalls++;
        DatagramAddress from = DatagramAddress.FromSockaddr(_socket.AddressFamily == AddressFamily.InterNetwork, address);
        batch = BatchOfSingle(message, from);
        return DatagramReceiveStatus.Received;
    }

    // What a wait received, or failed with.
    private void Keep(int? outcome)
    {
        if (outcome is not { } value || value == -ErrorAgain)
        {
            return;
        }

        _arrivedError = Math.Max(0, -value);
        if (value >= 0)
        {
            _ring!.Read(value, out _arrived, out _arrivedFrom);
        }
    }

    // Behind a wait, only the time says whether it came close behind the one before.
    private DatagramReceiveStatus TakeArrived(Span<byte> buffer, out DatagramBatch batch)
    {
        int error = _arrivedError!.Value;
        _arrivedError = null;
        batch = default;
        Statistics.ReceiveCalls++;
        if (error > 0)
        {
            return StatusOfReceive(error);
        }

        ReceivedMessage message = _arrived;
        ReadOnlySpan<byte> bytes = _ringBuffer.AsSpan(0, message.Length);
        if (bytes.Length > buffer.Length)
        {
            bytes = bytes[..buffer.Length];
            message = message with { Length = bytes.Length, SegmentSize = Math.Min(message.SegmentSize, bytes.Length), IsTruncated = true };
        }

        // Mostly it is there already: the caller's buffer is the one that the wait fills.
        if (!Unsafe.AreSame(ref MemoryMarshal.GetReference(bytes), ref MemoryMarshal.GetReference(buffer)))
        {
            bytes.CopyTo(buffer);
        }

        _wasEmpty = true;
        batch = BatchOfSingle(message, _arrivedFrom);
        return DatagramReceiveStatus.Received;
    }

    // Of one call for one message: counts how many came uncoalesced, close behind one another.
    private DatagramBatch BatchOfSingle(in ReceivedMessage message, in DatagramAddress from)
    {
        Instant before = _lastReceivedAt;
        DatagramBatch batch = BatchOf(message, message, from);
        bool follows = !_wasEmpty || batch.ReceivedAt - before < CloseBehind;
        _lone = message.SegmentSize == message.Length && follows ? _lone + 1 : 0;
        (_wasEmpty, _expectedSize) = (false, message.SegmentSize);
        return batch;
    }

    private DatagramReceiveStatus ReceiveMany(LinuxReceiveQueue queue, Span<byte> buffer, out DatagramBatch batch)
    {
        batch = default;
        int error = queue.Receive(_socket, _expectedSize, buffer);
        if (queue.Waiting == 0)
        {
            GiveBack(queue);
            return StatusOfReceive(error);
        }

        Statistics.ReceiveCalls++;
        _expectedSize = queue.LargestWaiting();
        _fewInARow = queue.Waiting == 1 ? _fewInARow + 1 : 0;
        if (queue.HasSeenCoalescing || _fewInARow >= FewBeforeSingles)
        {
            (_lone, _fewInARow) = (0, 0);
        }

        batch = Take(queue, buffer);
        return DatagramReceiveStatus.Received;
    }

    private DatagramBatch Take(LinuxReceiveQueue queue, Span<byte> buffer)
    {
        queue.Take(buffer, out ReceivedMessage first, out ReceivedMessage last, out DatagramAddress from);
        if (queue.Waiting == 0)
        {
            GiveBack(queue);
        }

        return BatchOf(first, last, from);
    }

    // Megabytes, so nobody keeps one that is empty.
    private void GiveBack(LinuxReceiveQueue queue)
    {
        _queue = null;
        LinuxReceiveQueues.Return(queue);
    }

    private DatagramBatch BatchOf(in ReceivedMessage message, in ReceivedMessage last, in DatagramAddress from)
    {
        CountReceived(message.Length, message.SegmentSize);
        Statistics.Truncated += message.IsTruncated ? 1 : 0;
        int drops = unchecked((int)(last.Drops - _lastDrops));
        if (drops > 0)
        {
            // A message may come without the count.
            Statistics.BufferDrops += drops;
            _lastDrops = last.Drops;
        }

        return new DatagramBatch(message.Length, message.SegmentSize, from, TimeOf(message.StampedAt), message.Drops)
        {
            Ecn = message.Ecn,
            HopLimit = message.HopLimit > 0 ? message.HopLimit : null,
        };
    }

    // EAGAIN, EINTR, ENOBUFS …: nothing to be had now, and nothing that a loop should end for.
    private DatagramReceiveStatus StatusOfReceive(int error)
    {
        _wasEmpty = error != ErrorConnectionRefused;
        return _wasEmpty ? DatagramReceiveStatus.Empty : DatagramReceiveStatus.Refused;
    }

    public override DatagramSendStatus TrySend(ReadOnlySpan<byte> bytes, int segmentSize, in DatagramAddress to, EcnCodepoint ecn, out int bytesSent)
    {
        fixed (byte* start = bytes)
        {
            var piece = new IoVector { Base = start, Length = (nuint)bytes.Length };
            return Send(new ReadOnlySpan<IoVector>(ref piece), 0, segmentSize, to, ecn, out bytesSent);
        }
    }

    public override DatagramSendStatus TrySend(
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
        if (!_connected)
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

            CountSent(length, segmentSize);
            bytesSent += length;
        }
        while (bytesSent < total);
        return DatagramSendStatus.Sent;
    }

    // Where nothing cuts, a call at least carries many.
    private DatagramSendStatus SendMany(byte* bytes, int length, int segmentSize, EcnCodepoint ecn, ReadOnlySpan<byte> address, ref int bytesSent)
    {
        Statistics.SendCalls++;
        int error = LinuxSocketCalls.SendMany(_socket.SafeHandle, bytes, length, segmentSize, ecn, _isIPv6, address, out int datagrams);
        if (error != 0)
        {
            return StatusOf(error);
        }

        int taken = Math.Min(length, datagrams * segmentSize);
        CountSent(taken, segmentSize);
        bytesSent += taken;
        return DatagramSendStatus.Sent;
    }

    // Sends so many bytes from a position in the pieces taken as one.
    private int SendSlice(ReadOnlySpan<IoVector> pieces, int offset, int length, int segmentSize, EcnCodepoint ecn, ReadOnlySpan<byte> address)
    {
        Statistics.SendCalls++;
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

        return LinuxSocketCalls.Send(_socket.SafeHandle, slice, count, length > segmentSize ? segmentSize : 0, ecn, _isIPv6, address);
    }

    // The kernel stamps by the wall clock; how long ago that was is the same on every clock.
    private Instant TimeOf(DateTime? stampedAt)
    {
        Instant now = _clock.Now;
        if (stampedAt is { } stamp)
        {
            TimeSpan age = DateTime.UtcNow - stamp;
            now = age > TimeSpan.Zero && age < OldestStamp ? now - age : now;
        }

        return _lastReceivedAt = Instant.Max(_lastReceivedAt, now);
    }

    private static DatagramSendStatus StatusOf(int error) => error switch
    {
        ErrorAgain or ErrorInterrupted or ErrorNoBuffers => DatagramSendStatus.Blocked,
        ErrorMessageSize => DatagramSendStatus.TooLarge,
        ErrorAddressNotAvailable or ErrorNetworkDown or ErrorNetworkUnreachable or ErrorHostUnreachable => DatagramSendStatus.NoRoute,
        _ => DatagramSendStatus.Unreachable,
    };
}
