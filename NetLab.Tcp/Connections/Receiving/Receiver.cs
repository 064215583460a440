using NetLab.Tcp.Events;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections.Receiving;

/// <summary>
/// The receiving half of a connection: what the peer sends, and what we say of it: RCV.NXT, the window, SACK blocks.
/// It knows nothing of the sending half.
/// </summary>
internal sealed class Receiver : IByteSink
{
    // RFC 7323, 5.5: a clock of 1 ms may have turned half round after 24.8 days without a segment.
    private static readonly TimeSpan OutdatedTimestamp = TimeSpan.FromDays(24);

    private readonly ConnectionOptions _options;
    private IConnectionHandler _handler;
    private readonly MemoryAccount _memory;
    private readonly Reassembler _reassembler = new();
    private readonly SackReports _reports = new();
    private SequenceNumber _initial;
    private long? _finAt;
    private long _unread;
    private long _advertisedEdge;
    private long _lastAcknowledged;
    private Instant _recentTimestampAt;
    private bool _delivering;
    private bool _discarding;

    public Receiver(ConnectionOptions options, IConnectionHandler handler, TimerTable timers, MemoryAccount memory)
    {
        _memory = memory;
        _memory.Forget = _reassembler.Clear;
        _options = options;
        _handler = handler;
        Policy = new AcknowledgmentPolicy(options, timers);
    }

    /// <summary>When acknowledgments are due.</summary>
    public AcknowledgmentPolicy Policy { get; }

    /// <summary>RCV.NXT as a stream offset; 0 before the peer's SYN.</summary>
    public long Next { get; private set; }

    /// <summary>Whether the peer's FIN has been received and everything before it.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Bytes delivered and not yet consumed by the application.</summary>
    public long Unread => _unread;

    /// <summary>Whether bytes have arrived that the application has not had: out-of-order ones, or some that came with the SYN.</summary>
    public bool HoldsUndelivered => _reassembler.HasOutOfOrder;

    /// <summary>Whether there are SACK blocks to report.</summary>
    public bool HasBlocks => _reports.HasReports;

    /// <summary>How far our window fields are shifted; 0 unless both sides offered scaling.</summary>
    public int WindowShift { get; set; }

    /// <summary>TS.Recent: the timestamp to echo (RFC 7323, 4.3).</summary>
    public uint RecentTimestamp { get; private set; }

    /// <summary>The shift to offer for a buffer: the least with which it fits 16 bits, at most 14 (RFC 7323, 2.3).</summary>
    public static int ShiftFor(ConnectionOptions options)
    {
        int shift = options.WindowScale ?? 0;
        while (options.WindowScale is null && shift < 14 && (long)options.ReceiveBufferSize >> shift > ushort.MaxValue)
        {
            shift++;
        }

        return shift;
    }

    /// <summary>The peer's SYN arrived.</summary>
    public void Synchronize(SequenceNumber initial)
    {
        _initial = initial;
        Next = 1;
        _advertisedEdge = Next + Math.Min(_memory.Allow(_options.ReceiveBufferSize), ushort.MaxValue);
    }

    /// <summary>The connection is established: what came with the SYN may be delivered.</summary>
    public void StartDelivering()
    {
        _delivering = true;
        _reassembler.Deliver(this);
        Advance();
        Account();
    }

    /// <summary>The application will read no more: what arrives is acknowledged and forgotten.</summary>
    /// <returns>Whether that opens the window.</returns>
    public bool StartDiscarding()
    {
        bool opens = _unread > 0;
        _discarding = true;
        _unread = 0;
        _memory.SetUnread(0);
        return opens;
    }

    /// <summary>The stream offset of a sequence number of the peer's.</summary>
    public long Unwrap(SequenceNumber number) => number.Unwrap(_initial, Next);

    /// <summary>RCV.NXT as it goes on the wire.</summary>
    public SequenceNumber Acknowledgment => SequenceNumber.Wrap(Next, _initial);

    /// <summary>Whether any of a segment lies in the window (RFC 9293, 3.10.7.4, the table of four cases).</summary>
    /// <param name="offset">Stream offset of its first sequence number.</param>
    /// <param name="length">SEG.LEN.</param>
    public bool IsAcceptable(long offset, int length)
    {
        long window = _advertisedEdge - Next;
        if (length == 0)
        {
            return window == 0 ? offset == Next : offset >= Next && offset < _advertisedEdge;
        }

        if (window == 0)
        {
            return false;
        }

        return (offset >= Next && offset < _advertisedEdge)
            || (offset + length - 1 >= Next && offset + length - 1 < _advertisedEdge);
    }

    /// <summary>Whether a number lies in the window, for RST and SYN (RFC 5961).</summary>
    public bool IsInWindow(long offset) => offset >= Next && offset < Math.Max(_advertisedEdge, Next + 1);

    /// <summary>Whether a timestamp is from before the newest seen (PAWS, RFC 7323, 5.3).</summary>
    public bool IsOldTimestamp(uint timestamp, Instant now) =>
        unchecked((int)(timestamp - RecentTimestamp)) < 0 && now - _recentTimestampAt < OutdatedTimestamp;

    /// <summary>The peer's first timestamp.</summary>
    public void StartTimestamps(uint timestamp, Instant now) => (RecentTimestamp, _recentTimestampAt) = (timestamp, now);

    /// <summary>Remembers the timestamp of an acceptable segment, if it covers what was last acknowledged (RFC 7323, 4.3).</summary>
    public void NoteTimestamp(uint timestamp, long offset, Instant now)
    {
        if (offset <= _lastAcknowledged && !IsOldTimestamp(timestamp, now))
        {
            StartTimestamps(timestamp, now);
        }
    }

    /// <summary>
    /// Remembers the timestamp of a segment that came again, if it is newer by no more than time has passed: what comes
    /// again is answered with its own timestamp, or the peer, whose earlier ACKs were lost, would measure its round trip
    /// from the first copy. A made-up one must not make everything that follows look old.
    /// </summary>
    public void NoteRepeatedTimestamp(uint timestamp, Instant now)
    {
        int step = unchecked((int)(timestamp - RecentTimestamp));
        if (step > 0 && step <= (now - _recentTimestampAt).TotalMilliseconds + 1000)
        {
            StartTimestamps(timestamp, now);
        }
    }

    /// <summary>Takes the text and the FIN of an acceptable segment.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="offset">Stream offset of its first byte.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="fin">Whether a FIN follows them.</param>
    public void Receive(Instant now, long offset, ReadOnlySpan<byte> payload, bool fin)
    {
        if (offset == Next && !fin && payload.Length > 0 && IsInOrder && HasRoomFor(payload.Length))
        {
            ReceiveNext(now, payload);
            return;
        }

        long end = offset + payload.Length;
        bool hadHole = _reassembler.HasOutOfOrder;
        long before = Next;
        long limit = Math.Min(_advertisedEdge, _finAt ?? long.MaxValue);
        long admitted = _memory.Admit();
        if (admitted < payload.Length || (admitted < long.MaxValue && offset > Next))
        {
            // For want of memory the rest is dropped as if it had been lost, and so is all that is out of order.
            limit = Math.Min(limit, offset > Next ? offset : Next + admitted);
            _memory.OnRefused();
        }

        if (_reassembler.TryFindReceived(offset, Math.Min(end, limit), out long duplicateStart, out long duplicateEnd))
        {
            // RFC 2883, 4: the first part of it that has been received before, wherever in the segment it lies.
            _reports.OnDuplicate(duplicateStart, duplicateEnd);
        }

        _reassembler.Insert(offset, payload, limit, _delivering ? this : null);

        // A FIN counts only where its number lies: one beyond the window has been cut off with the text before it.
        if (fin && end < Math.Max(_advertisedEdge, Next + 1) && end >= _reassembler.Next)
        {
            _finAt ??= end;
        }

        Advance();
        Account();
        bool advanced = Next > before;

        // RFC 2018, 4: the first block is the one that holds the segment, also where it brought nothing new: a D-SACK is followed
        // by the block around it (RFC 2883, 4.1.2).
        if (payload.Length > 0 && _reassembler.TryFindRange(Math.Min(end, limit) - 1, out long rangeStart, out long rangeEnd))
        {
            _reports.OnStored(rangeStart, rangeEnd);
        }

        if (advanced && !hadHole && !IsFinished && !_reassembler.HasOutOfOrder)
        {
            Policy.OnInOrder((int)(Next - before), now);
        }
        else if (advanced)
        {
            Policy.OweOne();
        }
        else
        {
            Policy.OweDuplicate();
        }
    }

    /// <summary>Whether nothing out of order is held, no FIN is known of, and what comes next goes straight to the application.</summary>
    public bool IsInOrder => _delivering && _finAt is null && !_reassembler.HasOutOfOrder;

    /// <summary>Whether so many bytes behind RCV.NXT lie in the window.</summary>
    public bool HasRoomFor(int length) => Next + length <= _advertisedEdge && !_memory.IsExhausted;

    /// <summary>Takes the text that is next, where <see cref="IsInOrder"/> and <see cref="HasRoomFor"/> say that it is nothing else.</summary>
    public void ReceiveNext(Instant now, ReadOnlySpan<byte> payload)
    {
        _reassembler.Insert(Next, payload, _advertisedEdge, this);
        Advance();
        _memory.SetUnread(_unread);
        Policy.OnInOrder(payload.Length, now);
    }

    /// <summary>Takes note of a segment outside the window: nothing of it is kept, but the peer is told where we are.</summary>
    public void OnUnacceptable(long offset, int length)
    {
        if (length > 0 && offset < Next)
        {
            _reports.OnDuplicate(offset, Math.Min(Next, offset + length));
        }

        Policy.OweDuplicate();
    }

    /// <summary>The application consumed bytes.</summary>
    /// <returns>Whether that opened the window far enough to tell the peer (RFC 9293, 3.8.6.2.2).</returns>
    public bool Consume(long bytes)
    {
        if (_discarding)
        {
            return false;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _unread);
        _unread -= bytes;
        _memory.SetUnread(_unread);
        long step = Math.Min(_options.MaxSegmentSize, _options.ReceiveBufferSize / 2);
        long largest = Math.Min(_options.ReceiveBufferSize, (long)ushort.MaxValue << WindowShift);
        bool isClosing = _advertisedEdge - Next <= largest / 2;
        long edge = Math.Min(RoomEdge(), Next + ((long)ushort.MaxValue << WindowShift));
        return !IsFinished && isClosing && edge - _advertisedEdge >= step;
    }

    /// <summary>The window field of the next segment, and from then on a promise: its right edge never moves left.</summary>
    public ushort AdvertiseWindow(bool isSyn)
    {
        // RFC 7323, 2.2: the window of a SYN is never scaled.
        int shift = isSyn ? 0 : WindowShift;
        long edge = RoomEdge();
        long step = Math.Min(_options.MaxSegmentSize, _options.ReceiveBufferSize / 2);

        // RFC 9293, 3.8.6.2.2: the edge moves by whole segments, so that small reads do not buy small segments.
        edge = edge - _advertisedEdge >= step ? edge : Math.Max(_advertisedEdge, Next);
        long field = (edge - Next) >> shift;
        if (Next + (field << shift) < _advertisedEdge && !isSyn)
        {
            // A window that is no multiple of the scale is rounded up (RFC 7323, 2.4): the edge must not move left, and less
            // than one step of the scale more finds room.
            field = (_advertisedEdge - Next + (1L << shift) - 1) >> shift;
        }

        field = Math.Min(field, ushort.MaxValue);
        _advertisedEdge = Math.Max(_advertisedEdge, Next + (field << shift));
        _lastAcknowledged = Next;
        return (ushort)field;
    }

    /// <summary>The blocks to report.</summary>
    public SackBlocks SackBlocks(int most)
    {
        var blocks = default(SackBlocks);
        Span<(long Start, long End)> runs = stackalloc (long, long)[most];
        int count = _reports.Report(_reassembler, runs);
        for (int i = 0; i < count; i++)
        {
            blocks.Add(new SackBlock(
                SequenceNumber.Wrap(runs[i].Start, _initial), SequenceNumber.Wrap(runs[i].End, _initial)));
        }

        return blocks;
    }

    /// <summary>The blocks have been sent.</summary>
    public void OnReported() => _reports.OnReported();

    /// <summary>Lets go of everything held.</summary>
    public void Release()
    {
        _reassembler.Clear();
        _memory.Release();
        _handler = NoHandler.Instance;
    }

    void IByteSink.Accept(ReadOnlySpan<byte> bytes)
    {
        if (!_discarding)
        {
            _unread += bytes.Length;
            _handler.OnReceived(bytes);
        }
    }

    private long RoomEdge() => Next + Math.Max(0, _memory.Allow(_options.ReceiveBufferSize) - _unread);

    private void Account()
    {
        _memory.SetUnread(_unread);
        _memory.SetOutOfOrder(_reassembler.HeldBytes);
    }

    private void Advance()
    {
        Next = _reassembler.Next;
        if (_delivering && _finAt == Next)
        {
            Next++;
            if (!IsFinished)
            {
                IsFinished = true;
                _handler.OnEndOfStream();
            }
        }
    }
}
