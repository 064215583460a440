using System.Net.Sockets;

namespace NetLab.Udp.Sockets;

/// <summary>
/// Many receive calls in one (recvmmsg), for datagrams that the kernel does not coalesce: from a device without GRO each comes
/// alone. What came together in kind, of one sender and one size, is one batch as if it had been coalesced; it lies in the
/// caller's buffer where the kernel put it. What follows it is kept for the next calls.
/// </summary>
/// <remarks>
/// Each message has a slot of the expected size in the caller's buffer, so that full ones lie back to back, and an area of the
/// queue's own for what exceeds the slot: nothing is cut, whatever arrives.
/// </remarks>
internal sealed unsafe class LinuxReceiveQueue
{
    // As many as a batch of GSO or GRO may hold.
    private const int MaxMessages = LinuxSocketCalls.MaxSegments;

    // With fewer slots a call is hardly worth more than a single receive.
    private const int MinMessages = 4;

    // Acknowledgments without options are the shortest datagrams that come in numbers.
    private const int MinSlot = 20;

    // What a NIC's coalescing would put together: so far may the stamps of one batch be apart.
    private static readonly TimeSpan BatchTime = TimeSpan.FromMicroseconds(50);

    // On the pinned heap, as the kernel writes there; pages that no datagram ever reaches are never made.
    private readonly byte[] _overflow = GC.AllocateUninitializedArray<byte>(MaxMessages * DatagramSocket.ReceiveBufferLength, pinned: true);
    private readonly byte[] _kept = GC.AllocateUninitializedArray<byte>(DatagramSocket.ReceiveBufferLength, pinned: true);
    private readonly byte[] _headers = GC.AllocateArray<byte>(LinuxSocketCalls.ReceiveHeadersSize(MaxMessages), pinned: true);
    private readonly ReceivedMessage[] _messages = new ReceivedMessage[MaxMessages];
    private readonly DatagramAddress[] _senders = new DatagramAddress[MaxMessages];
    private int _count;
    private int _next;
    private int _slot;
    private int _keptFrom;

    /// <summary>Datagrams that were received and not yet handed out.</summary>
    public int Waiting => _count - _next;

    /// <summary>Whether the kernel has coalesced again, so that single calls carry more.</summary>
    public bool HasSeenCoalescing { get; private set; }

    /// <summary>Whether a call may bring several datagrams of that size into such a buffer.</summary>
    public static bool IsWorthwhile(int expectedSize, int bufferLength) => bufferLength / Math.Max(expectedSize, MinSlot) >= MinMessages;

    /// <summary>Receives what is waiting; nothing may be waiting here.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="expectedSize">Bytes a datagram is expected to have.</param>
    /// <param name="buffer">Where the first batch goes.</param>
    /// <returns>0, or the errno.</returns>
    public int Receive(Socket socket, int expectedSize, Span<byte> buffer)
    {
        (_count, _next, _keptFrom, HasSeenCoalescing) = (0, 0, 0, false);
        _slot = Math.Max(expectedSize, MinSlot);
        int slots = Math.Min(MaxMessages, Math.Min(buffer.Length, DatagramSocket.ReceiveBufferLength) / _slot);
        int error = LinuxSocketCalls.ReceiveMany(
            socket.SafeHandle, socket.AddressFamily == AddressFamily.InterNetwork, buffer, _slot, slots, _overflow, _headers, _messages, _senders, out _count);
        for (int i = 0; i < _count; i++)
        {
            HasSeenCoalescing |= _messages[i].SegmentSize < _messages[i].Length;
        }

        return error;
    }

    /// <summary>The largest datagram that waits.</summary>
    public int LargestWaiting()
    {
        int largest = 0;
        for (int i = _next; i < _count; i++)
        {
            largest = Math.Max(largest, _messages[i].Length);
        }

        return largest;
    }

    /// <summary>Takes the next batch; at least one datagram must be waiting.</summary>
    /// <param name="buffer">Where it goes: right after <see cref="Receive"/> the same buffer, in which it may be lying already.</param>
    /// <param name="first">What the kernel said of its first datagram, with the length of all of them.</param>
    /// <param name="last">What it said of its last.</param>
    /// <param name="from">Who sent it.</param>
    public void Take(Span<byte> buffer, out ReceivedMessage first, out ReceivedMessage last, out DatagramAddress from)
    {
        int begin = _next;
        bool isInPlace = begin == 0;

        // In place, what exceeds the first slot takes the room of the next.
        int end = isInPlace && _messages[begin].Length > _slot ? begin + 1 : EndOfBatch(buffer.Length);
        if (isInPlace)
        {
            // Out of the buffer before the caller has it.
            int behind = (_count - end) * _slot;
            buffer.Slice(end * _slot, behind).CopyTo(_kept);
            _keptFrom = end;
        }

        int length = 0;
        for (int i = begin; i < end; i++)
        {
            length += CopyOut(i, buffer, length, isInPlace);
        }

        (first, last, from) = (_messages[begin], _messages[end - 1], _senders[begin]);
        bool isTruncated = first.IsTruncated || length < first.Length;
        first = first with { Length = length, SegmentSize = Math.Min(first.SegmentSize, length), IsTruncated = isTruncated };
        _next = end;
    }

    // One sender, one mark, one hop limit, one size but for a shorter last one, and no longer a time than coalescing would have taken.
    private int EndOfBatch(int room)
    {
        ref readonly ReceivedMessage first = ref _messages[_next];
        int end = _next + 1;
        if (first.SegmentSize < first.Length || first.Length == 0)
        {
            return end;
        }

        int length = first.Length;
        for (; end < _count; end++)
        {
            ref readonly ReceivedMessage message = ref _messages[end];
            if (message.Length > first.Length || message.Length == 0 || message.SegmentSize < message.Length || length + message.Length > room
                || message.Ecn != first.Ecn || message.HopLimit != first.HopLimit || message.Drops != first.Drops || message.StampedAt - first.StampedAt > BatchTime || _senders[end] != _senders[_next])
            {
                break;
            }

            length += message.Length;
            if (message.Length < first.Length)
            {
                return end + 1;
            }
        }

        return end;
    }

    // The slot's share and what exceeded it. A datagram that is too long for the buffer is cut, as everywhere.
    private int CopyOut(int index, Span<byte> buffer, int position, bool isInPlace)
    {
        Span<byte> destination = buffer[position..];
        int length = Math.Min(_messages[index].Length, destination.Length);
        int inSlot = Math.Min(length, _slot);
        if (!isInPlace)
        {
            _kept.AsSpan((index - _keptFrom) * _slot, inSlot).CopyTo(destination);
        }
        else if (index * _slot != position)
        {
            // Datagrams smaller than their slots move together.
            buffer.Slice(index * _slot, inSlot).CopyTo(destination);
        }

        if (length > inSlot)
        {
            _overflow.AsSpan(index * DatagramSocket.ReceiveBufferLength, length - inSlot).CopyTo(destination[inSlot..]);
        }

        return length;
    }
}
