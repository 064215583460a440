using NetLab.Tcp.Connections;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Endpoints;

/// <summary>
/// All connections of one UDP socket, as pure as one of them: datagrams in, datagrams out, time as an argument. Finds
/// the connection a segment belongs to, lets the listener answer SYNs, and resets what belongs to nobody.
/// </summary>
/// <param name="secrets">Where numbers that nobody can guess come from.</param>
/// <param name="memory">What pays for what its connections hold; null for a budget of the default size.</param>
/// <param name="repliesPerSecond">How many segments of no connection are answered a second.</param>
internal sealed partial class Demultiplexer(
    EndpointSecrets secrets, MemoryBudget? memory = null, int repliesPerSecond = Demultiplexer.DefaultRepliesPerSecond)
{
    /// <summary>On average: enough for a port that many honest clients still know, and nothing that anybody would call a flood.</summary>
    public const int DefaultRepliesPerSecond = 1000;

    // Answers to strangers that may wait at once. A flood of strange segments gets no flood of answers.
    private const int MaxStrangerReplies = 64;

    private readonly Dictionary<ConnectionKey, ConnectionEntry> _entries = [];
    private readonly Queue<ConnectionEntry> _ready = new();
    private readonly PriorityQueue<ConnectionEntry, Instant> _timers = new();
    private readonly Queue<(DatagramAddress To, SegmentHeader Answer)> _answers = new();
    private readonly SynCookies _cookies = new(secrets);
    private readonly ReplyBudget _budget = new(repliesPerSecond, secrets);
    private readonly MemoryBudget _memory = memory ?? new MemoryBudget();
    private Listener? _listener;
    private long _portAttempts;

    /// <summary>Connections in the table, those in TIME-WAIT counted.</summary>
    public int Count => _entries.Count;

    /// <summary>Told of each connection that enters the table; null for nobody.</summary>
    public Action<ConnectionEntry>? Entered { get; init; }

    /// <summary>Told of each connection that has left it.</summary>
    public Action<ConnectionEntry>? Left { get; init; }

    /// <summary>What happened to datagrams that belong to no connection.</summary>
    public DemultiplexerStatistics Statistics { get; } = new();

    /// <summary>When <see cref="Timeout"/> wants to be called; <see cref="Instant.Never"/> for not at all.</summary>
    public Instant NextTimeout
    {
        get
        {
            DropStaleTimers();
            return _timers.TryPeek(out _, out Instant deadline) ? deadline : Instant.Never;
        }
    }

    /// <summary>What its connections hold, and may.</summary>
    public MemoryBudget Memory => _memory;

    /// <summary>The connections that something was done to and that wait for their turn to transmit.</summary>
    public Queue<ConnectionEntry> Touched => _ready;

    /// <summary>The connections there are.</summary>
    public IEnumerable<ConnectionEntry> Entries => _entries.Values;

    /// <summary>Answers SYNs from now on.</summary>
    /// <exception cref="InvalidOperationException">There is a listener already.</exception>
    public void Listen(Listener listener)
    {
        if (_listener is not null)
        {
            throw new InvalidOperationException("This endpoint is listening already.");
        }

        _listener = listener;
    }

    /// <summary>Answers no more SYNs; whoever has not been accepted is reset.</summary>
    public void StopListening()
    {
        Listener? closed = _listener;
        _listener = null;
        foreach (ConnectionEntry entry in _entries.Values.Where(e => e.Stage != ConnectionEntry.EntryStage.Accepted && e.Listener == closed).ToList())
        {
            entry.Connection.Abort();
            Touch(entry);
        }
    }

    /// <summary>The application took a connection that was waiting; of no effect on any other.</summary>
    public static void Accept(ConnectionEntry entry)
    {
        bool isEstablished = entry.Connection.State != ConnectionState.SynReceived;
        if (entry.Listener is { } listener && isEstablished)
        {
            listener.Waiting -= entry.Stage == ConnectionEntry.EntryStage.Waiting ? 1 : 0;
            listener.HalfOpen -= entry.Stage == ConnectionEntry.EntryStage.HalfOpen ? 1 : 0;
        }

        entry.Stage = isEstablished ? ConnectionEntry.EntryStage.Accepted : entry.Stage;
    }

    /// <summary>Opens a connection.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="peer">The peer's UDP address.</param>
    /// <param name="options">How the connection behaves.</param>
    /// <param name="handler">Told of what happens.</param>
    /// <exception cref="InvalidOperationException">All ephemeral ports towards this peer are in use.</exception>
    public ConnectionEntry Open(Instant now, DatagramAddress peer, ConnectionOptions options, IConnectionHandler handler)
    {
        var wanted = new ConnectionKey(peer, (ushort)peer.Port, 0);
        for (int attempt = 0; attempt < 1 << 16; attempt++)
        {
            ConnectionKey key = wanted with { LocalPort = secrets.EphemeralPort(wanted, ++_portAttempts) };
            if (!_entries.ContainsKey(key))
            {
                return Add(key, Connection.Open(now, options, handler, secrets.IdentityFor(now, key), _memory));
            }
        }

        throw new InvalidOperationException($"All TCP ports towards {peer} are in use.");
    }

    /// <summary>Takes datagrams that were received together.</summary>
    /// <param name="now">When they were received.</param>
    /// <param name="from">Their sender.</param>
    /// <param name="datagrams">They, back to back.</param>
    /// <param name="segmentSize">Bytes of each but the last, which may be shorter; at least 1.</param>
    /// <param name="ecn">The ECN field of their IP headers.</param>
    public void ReceiveTrain(Instant now, DatagramAddress from, ReadOnlySpan<byte> datagrams, int segmentSize, EcnCodepoint ecn)
    {
        do
        {
            ReadOnlySpan<byte> datagram = datagrams[..Math.Min(segmentSize, datagrams.Length)];
            datagrams = datagrams[datagram.Length..];
            Connection? connection = Receive(now, from, datagram, ecn);
            if (connection is not null && !datagrams.IsEmpty)
            {
                datagrams = datagrams[connection.ReceiveFollowers(now, datagram, datagrams, ecn)..];
            }
        }
        while (!datagrams.IsEmpty);
    }

    /// <summary>Takes a datagram.</summary>
    /// <param name="now">When it was received.</param>
    /// <param name="from">Its sender.</param>
    /// <param name="datagram">Its bytes.</param>
    /// <param name="ecn">The ECN field of its IP header.</param>
    /// <returns>The connection that took it; null if none did, or a new one.</returns>
    public Connection? Receive(Instant now, DatagramAddress from, ReadOnlySpan<byte> datagram, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        if (from.Port == 0)
        {
            // Nobody can be answered there (RFC 768: no reply expected); a peer would have a port.
            Statistics.Unmatched++;
            return null;
        }

        if (!SegmentReader.TryRead(datagram, ecn, out Segment segment, out SegmentError error))
        {
            Statistics.Count(error);
            return null;
        }

        var key = new ConnectionKey(from, segment.Header.SourcePort, segment.Header.DestinationPort);
        if (!_entries.TryGetValue(key, out ConnectionEntry? entry))
        {
            ReceiveFromStranger(now, key, segment);
        }
        else if (_listener is { HasRoom: true } listener && entry.Connection.MayBeReplacedBy(segment))
        {
            // RFC 9293, 3.6.1: the new connection begins beyond everything the old one has sent.
            Remove(entry);
            ConnectionIdentity identity = secrets.IdentityFor(now, key);
            SequenceNumber least = entry.Connection.SendNext.Add(ushort.MaxValue + 2);
            Admit(now, listener, key, segment, identity.InitialSequence.DistanceFrom(least) >= 0 ? identity : identity with { InitialSequence = least });
        }
        else
        {
            entry.Connection.Receive(now, segment);
            Touch(entry);
            return entry.Connection;
        }

        return null;
    }

    /// <summary>The system says nobody listens at a peer: connections that are just being opened to it fail.</summary>
    public void Refuse(DatagramAddress? peer)
    {
        foreach (ConnectionEntry entry in _entries.Values.Where(e => peer is null || e.Key.Peer == peer).ToList())
        {
            entry.Connection.Refuse();
            Touch(entry);
        }
    }

    /// <summary>Something was done to a connection: it may have something to send, or another deadline.</summary>
    public void Touch(ConnectionEntry entry)
    {
        if (!entry.IsQueued && !entry.IsRemoved)
        {
            entry.IsQueued = true;
            _ready.Enqueue(entry);
        }
    }

    /// <summary>Lets the timers that have come due do their work.</summary>
    public void Timeout(Instant now)
    {
        while (_timers.TryPeek(out ConnectionEntry? entry, out Instant deadline) && deadline <= now)
        {
            _timers.Dequeue();
            if (entry.IsRemoved || entry.ScheduledAt != deadline)
            {
                continue;
            }

            entry.ScheduledAt = Instant.Never;
            if (entry.Connection.NextTimeout is { } due && due <= now)
            {
                entry.Connection.Timeout(now);
            }

            Touch(entry);
        }
    }

    /// <summary>Writes the next batch that some connection may send; each gets its turn.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="maxSegments">How many segments at most.</param>
    /// <param name="to">Where to send it.</param>
    /// <param name="result">What was written.</param>
    /// <returns>False when nobody has anything to send.</returns>
    public bool TryTransmit(Instant now, Span<byte> buffer, int maxSegments, out DatagramAddress to, out TransmitResult result)
    {
        if (_answers.TryDequeue(out (DatagramAddress To, SegmentHeader Answer) answer))
        {
            to = answer.To;
            int size = SegmentWriter.SizeOf(answer.Answer.Options);
            SegmentWriter.Write(buffer[..size], answer.Answer);
            result = new TransmitResult(size, size);
            return true;
        }

        while (_ready.TryDequeue(out ConnectionEntry? entry))
        {
            entry.IsQueued = false;
            if (TryTransmit(now, entry, buffer, maxSegments, out result))
            {
                to = entry.Key.Peer;
                Touch(entry);
                return true;
            }
        }

        (to, result) = (default, default);
        return false;
    }

    /// <summary>The same of one connection, out of its turn.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="entry">Which.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="maxSegments">How many segments at most.</param>
    /// <param name="result">What was written.</param>
    /// <returns>False when it has nothing to send.</returns>
    public bool TryTransmit(Instant now, ConnectionEntry entry, Span<byte> buffer, int maxSegments, out TransmitResult result)
    {
        result = default;
        if (!entry.IsRemoved)
        {
            result = entry.Connection.Transmit(now, buffer, maxSegments);
            Settle(entry);
        }

        return result.Bytes > 0;
    }

    private ConnectionEntry Add(in ConnectionKey key, Connection connection)
    {
        var entry = new ConnectionEntry(key, connection);
        _entries.Add(key, entry);
        Entered?.Invoke(entry);
        Touch(entry);
        return entry;
    }

    // After a connection had its turn: is it done, did its handshake end, when does it want to be called?
    private void Settle(ConnectionEntry entry)
    {
        ConnectionState state = entry.Connection.State;
        if (entry.Stage == ConnectionEntry.EntryStage.HalfOpen && state != ConnectionState.SynReceived)
        {
            bool established = entry.Connection.CloseReason is null;
            entry.Stage = established ? ConnectionEntry.EntryStage.Waiting : ConnectionEntry.EntryStage.Accepted;
            if (entry.Listener is { } listener)
            {
                listener.HalfOpen--;
                listener.Waiting += established ? 1 : 0;
            }
        }

        if (entry.Connection.IsSpent)
        {
            Remove(entry);
            return;
        }

        Instant next = entry.Connection.NextTimeout ?? Instant.Never;
        if (next < entry.ScheduledAt)
        {
            // Only earlier deadlines are entered; a later one is found when the old one comes (lazy timers).
            entry.ScheduledAt = next;
            _timers.Enqueue(entry, next);
            if (_timers.Count > (2 * _entries.Count) + 64)
            {
                RebuildTimers();
            }
        }
    }

    // Deadlines that were put forward leave their old entries behind; when most are such, the heap is made anew.
    private void RebuildTimers()
    {
        _timers.Clear();
        foreach (ConnectionEntry entry in _entries.Values)
        {
            if (entry.ScheduledAt != Instant.Never)
            {
                _timers.Enqueue(entry, entry.ScheduledAt);
            }
        }
    }

    private void DropStaleTimers()
    {
        while (_timers.TryPeek(out ConnectionEntry? entry, out Instant deadline) && (entry.IsRemoved || entry.ScheduledAt != deadline))
        {
            _timers.Dequeue();
        }
    }

    private void Remove(ConnectionEntry entry)
    {
        entry.IsRemoved = true;
        _entries.Remove(entry.Key);
        entry.Connection.OnRemoved();
        Left?.Invoke(entry);
    }
}
