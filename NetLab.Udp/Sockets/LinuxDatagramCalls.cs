using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NetLab.Udp.Time;

namespace NetLab.Udp.Sockets;

/// <summary>Many datagrams a call, as 64-bit Linux offers it: generic segmentation and receive offload of UDP.</summary>
internal sealed unsafe class LinuxDatagramCalls : DatagramCalls
{
    // asm-generic/errno.h.
    private const int ErrorAgain = 11;
    private const int ErrorConnectionRefused = 111;

    // So many datagrams that were not coalesced, one close behind the other, are no accident: the device does not coalesce. Questions and
    // answers that come one at a time say nothing of the device.
    private const int LoneBeforeQueue = 8;
    private static readonly TimeSpan CloseBehind = TimeSpan.FromMicroseconds(10);

    // So many calls for many that brought one: what comes, comes slowly, and one call each is cheaper.
    private const int FewBeforeSingles = 32;

    // A stamp older than this is a step of the wall clock, not a wait in the socket's buffer.
    private static readonly TimeSpan OldestStamp = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly bool _isIPv6;
    private readonly LinuxDatagramSender _sender;
    private readonly MonotonicClock _clock = MonotonicClock.Shared;

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
        _isIPv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _sender = new LinuxDatagramSender(socket, connected, Statistics);

        // What an older kernel lacks changes nothing but speed and precision: one datagram a call, stamped here.
        LinuxSocketOptions.TryEnableCoalescing(socket.SafeHandle);
        LinuxSocketOptions.TryEnableReceiveStamps(socket.SafeHandle);
        LinuxSocketOptions.TryEnableDropCounts(socket.SafeHandle);
        LinuxSocketOptions.TryEnableEcn(socket.SafeHandle, _isIPv6);
        if (receiveHopLimit)
        {
            LinuxSocketOptions.TryEnableHopLimit(socket.SafeHandle, _isIPv6);
        }
    }

    public override uint? BufferDrops => LinuxSocketOptions.TryGetDrops(_socket.SafeHandle, out uint drops) ? drops : null;

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
        if (_lone >= LoneBeforeQueue && LinuxReceiveQueue.IsWorthwhile(_expectedSize, buffer.Length) && (_queue ??= LinuxReceiveQueues.TryTake()) is { } queue)
        {
            return ReceiveMany(queue, buffer, out batch);
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

    public override DatagramSendStatus TrySend(ReadOnlySpan<byte> bytes, int segmentSize, in DatagramAddress to, EcnCodepoint ecn, out int bytesSent) =>
        _sender.TrySend(bytes, segmentSize, to, ecn, out bytesSent);

    public override DatagramSendStatus TrySend(ReadOnlySpan<ReadOnlyMemory<byte>> pieces, int skip, int segmentSize, in DatagramAddress to, out int bytesSent) =>
        _sender.TrySend(pieces, skip, segmentSize, to, out bytesSent);

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
}
