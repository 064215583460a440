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
internal sealed class Demultiplexer
{
    /// <summary>On average: enough for a port that many honest clients still know, and nothing that anybody would call a flood.</summary>
    public const int DefaultResetsPerSecond = 1000;

    private readonly EndpointSecrets _secrets;
    private readonly StatelessReplies _replies;
    private readonly Dictionary<ConnectionKey, ConnectionEntry> _entries = [];
    private readonly Queue<ConnectionEntry> _ready = new();
    private readonly TimerQueue _timers = new();
    private readonly ListenerTable _listeners = new();
    private long _portAttempts;

    /// <summary>An empty table.</summary>
    /// <param name="secrets">Where numbers that nobody can guess come from.</param>
    /// <param name="memory">What pays for what its connections hold; null for a budget of the default size.</param>
    /// <param name="resetsPerSecond">How many segments of no connection are answered by a RST a second.</param>
    public Demultiplexer(EndpointSecrets secrets, MemoryBudget? memory = null, int resetsPerSecond = DefaultResetsPerSecond)
    {
        _secrets = secrets;
        Memory = memory ?? new MemoryBudget();
        _replies = new StatelessReplies(secrets, resetsPerSecond, Statistics);
    }

    /// <summary>Connections in the table, those in TIME-WAIT counted.</summary>
    public int Count => _entries.Count;

    /// <summary>Told of each connection that enters the table; null for nobody.</summary>
    public Action<ConnectionEntry>? Entered { get; init; }

    /// <summary>Told of each connection that has left it.</summary>
    public Action<ConnectionEntry>? Left { get; init; }

    /// <summary>What happened to datagrams that belong to no connection.</summary>
    public DemultiplexerStatistics Statistics { get; } = new();

    /// <summary>When <see cref="Timeout"/> wants to be called; <see cref="Instant.Never"/> for not at all.</summary>
    public Instant NextTimeout => _timers.Next;

    /// <summary>What its connections hold, and may.</summary>
    public MemoryBudget Memory { get; }

    /// <summary>The connections that something was done to and that wait for their turn to transmit.</summary>
    public Queue<ConnectionEntry> ReadyToSend => _ready;

    /// <summary>Whose the batch is that <see cref="TryTransmit(Instant, Span{byte}, int, out DatagramAddress, out TransmitResult)"/> wrote last; null for an answer to a segment of no connection.</summary>
    public ConnectionEntry? Transmitting { get; private set; }

    /// <summary>The connections there are.</summary>
    public IEnumerable<ConnectionEntry> Entries => _entries.Values;

    /// <summary>Answers SYNs from now on.</summary>
    /// <exception cref="InvalidOperationException">There is a listener already.</exception>
    public void Listen(Listener listener) => _listeners.Add(listener);

    /// <summary>Answers no more SYNs; whoever has not been accepted is reset.</summary>
    public void StopListening()
    {
        foreach (Listener listener in _listeners.All)
        {
            StopListening(listener);
        }
    }

    /// <summary>The same of one listener; of no effect if it does not listen.</summary>
    public void StopListening(Listener closed)
    {
        _listeners.Remove(closed);
        foreach (ConnectionEntry entry in _entries.Values.Where(e => e.Stage != ConnectionEntry.EntryStage.Accepted && e.Listener == closed).ToList())
        {
            entry.Connection.Abort();
            MarkReady(entry);
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

    /// <summary>Opens a connection to the TCP port that is a peer's UDP port, too.</summary>
    /// <exception cref="InvalidOperationException">All ephemeral ports towards this peer are in use.</exception>
    public ConnectionEntry Open(Instant now, DatagramAddress peer, ConnectionOptions options, IConnectionHandler handler) =>
        Open(now, peer, (ushort)peer.Port, options, handler);

    /// <summary>Opens a connection.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="peer">The peer's UDP address.</param>
    /// <param name="port">The peer's TCP port.</param>
    /// <param name="options">How the connection behaves.</param>
    /// <param name="handler">Told of what happens.</param>
    /// <exception cref="InvalidOperationException">All ephemeral ports towards this peer are in use.</exception>
    public ConnectionEntry Open(Instant now, DatagramAddress peer, ushort port, ConnectionOptions options, IConnectionHandler handler)
    {
        var wanted = new ConnectionKey(peer, port, 0);
        for (int attempt = 0; attempt < 1 << 16; attempt++)
        {
            ConnectionKey key = wanted with { LocalPort = _secrets.EphemeralPort(wanted, ++_portAttempts) };
            if (!_entries.ContainsKey(key))
            {
                return Add(key, Connection.Open(now, options, handler, _secrets.IdentityFor(now, key), Memory));
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
    public void ReceiveBatch(Instant now, DatagramAddress from, ReadOnlySpan<byte> datagrams, int segmentSize, EcnCodepoint ecn)
    {
        do
        {
            ReadOnlySpan<byte> datagram = datagrams[..Math.Min(segmentSize, datagrams.Length)];
            datagrams = datagrams[datagram.Length..];
            Connection? connection = Receive(now, from, datagram, ecn);
            if (connection is not null && !datagrams.IsEmpty)
            {
                datagrams = datagrams[connection.ReceiveBulk(now, datagram, datagrams, ecn)..];
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
            ReceiveUnmatched(now, key, segment);
        }
        else if (_listeners.Find(key.LocalPort) is { HasRoom: true } listener && entry.Connection.TimeWait.MayBeReplacedBy(segment))
        {
            // RFC 9293, 3.6.1: the new connection begins beyond everything the old one has sent.
            Remove(entry);
            ConnectionIdentity identity = _secrets.IdentityFor(now, key);
            SequenceNumber least = entry.Connection.SendNext.Add(ushort.MaxValue + 2);
            Admit(now, listener, key, segment, identity.InitialSequence.DistanceFrom(least) >= 0 ? identity : identity with { InitialSequence = least });
        }
        else
        {
            entry.Connection.Receive(now, segment);
            MarkReady(entry);
            return entry.Connection;
        }

        return null;
    }

    /// <summary>The system says nobody listens at a peer: connections that are just being opened to it fail.</summary>
    public void OnUnreachable(DatagramAddress? peer)
    {
        foreach (ConnectionEntry entry in _entries.Values.Where(e => peer is null || e.Key.Peer == peer).ToList())
        {
            entry.Connection.Teardown.OnUnreachable();
            MarkReady(entry);
        }
    }

    /// <summary>The network reports on a segment.</summary>
    /// <returns>Whether it is about one that is out, so that it may be true; everything else is of no effect.</returns>
    public bool OnPathError(Instant now, in PathError error)
    {
        if (!_entries.TryGetValue(error.Key, out ConnectionEntry? entry) || !entry.Connection.PathErrors.OnReport(now, error.Kind, error.Sequence, error.SegmentSize))
        {
            return false;
        }

        MarkReady(entry);
        return true;
    }

    /// <summary>Something was done to a connection: it may have something to send, or another deadline.</summary>
    public void MarkReady(ConnectionEntry entry)
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
        while (_timers.TryTake(now, out ConnectionEntry? entry))
        {
            if (entry.Connection.NextTimeout is { } due && due <= now)
            {
                entry.Connection.Timeout(now);
            }

            MarkReady(entry);
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
        Transmitting = null;
        if (_replies.TryTake(out to, out SegmentHeader reply))
        {
            int size = SegmentWriter.SizeOf(reply.Options);
            SegmentWriter.Write(buffer[..size], reply);
            result = new TransmitResult(size, size);
            return true;
        }

        while (_ready.TryDequeue(out ConnectionEntry? entry))
        {
            entry.IsQueued = false;
            if (TryTransmit(now, entry, buffer, maxSegments, out result))
            {
                to = entry.Key.Peer;
                Transmitting = entry;
                MarkReady(entry);
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
            AfterTurn(entry);
        }

        return result.Bytes > 0;
    }

    // A segment of no connection opens one, brings back a cookie, or is answered without anything being kept of it.
    private void ReceiveUnmatched(Instant now, in ConnectionKey key, in Segment segment)
    {
        SegmentHeader header = segment.Header;
        bool isSyn = header.Has(SegmentFlags.Syn) && !header.Has(SegmentFlags.Ack) && !header.Has(SegmentFlags.Rst);
        if (_listeners.Find(key.LocalPort) is not { } listener)
        {
            _replies.AddReset(now, key, segment, isListening: false);
        }
        else if (isSyn)
        {
            ReceiveSyn(now, listener, key, segment);
        }
        else if (!_replies.TryRestoreSyn(now, key, segment, out SegmentHeader syn))
        {
            _replies.AddReset(now, key, segment, isListening: true);
        }
        else if (!listener.HasRoomForEstablished)
        {
            // The peer did as it was told, and what it says next brings the cookie back again: there may be room by then.
            Statistics.BacklogOverflows++;
        }
        else
        {
            Statistics.CookiesAccepted++;
            ConnectionIdentity identity = _secrets.IdentityFor(now, key) with { InitialSequence = header.Acknowledgment.Add(-1) };
            ConnectionEntry entry = Admit(now, listener, key, new Segment(syn, default), identity);
            entry.Connection.AssumeSynSent(now);
            entry.Connection.Receive(now, segment);
        }
    }

    private void ReceiveSyn(Instant now, Listener listener, in ConnectionKey key, in Segment syn)
    {
        if (Memory.IsExhausted)
        {
            // A connection that can take nothing in is of no use; the peer asks again.
            Memory.OnConnectionRefused();
        }
        else if (listener.HasRoom)
        {
            Admit(now, listener, key, syn, _secrets.IdentityFor(now, key));
        }
        else
        {
            Statistics.BacklogOverflows++;
            if (listener.HasRoomForEstablished)
            {
                // Where not even an established connection would find room, the peer may as well ask again later.
                _replies.AddCookie(now, listener.OptionsFor(key.Peer), key, syn);
            }
        }
    }

    private ConnectionEntry Admit(Instant now, Listener listener, in ConnectionKey key, in Segment syn, ConnectionIdentity identity)
    {
        ConnectionEntry entry = Add(key, Connection.Accept(now, listener.OptionsFor(key.Peer), listener.CreateHandler(key.Peer), identity, syn, Memory));
        entry.Stage = ConnectionEntry.EntryStage.HalfOpen;
        entry.Listener = listener;
        listener.HalfOpen++;
        return entry;
    }

    private ConnectionEntry Add(in ConnectionKey key, Connection connection)
    {
        var entry = new ConnectionEntry(key, connection);
        _entries.Add(key, entry);
        Entered?.Invoke(entry);
        MarkReady(entry);
        return entry;
    }

    // After a connection had its turn: is it done, did its handshake end, when does it want to be called?
    private void AfterTurn(ConnectionEntry entry)
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

        _timers.Schedule(entry, entry.Connection.NextTimeout ?? Instant.Never);
    }

    private void Remove(ConnectionEntry entry)
    {
        entry.IsRemoved = true;
        _entries.Remove(entry.Key);
        entry.Connection.OnRemoved();
        Left?.Invoke(entry);
    }
}
