using System.Buffers;
using NetLab.Tcp.Connections.Ecn;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Connections.Receiving;
using NetLab.Tcp.Connections.Sending;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Events;
using NetLab.Tcp.Memory;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Timers;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Connections;

/// <summary>
/// One end of a connection as a pure machine: segments in, segments out, time as an argument. It opens no socket, reads
/// no clock, starts no thread and draws no random number; whoever drives it decides what time is and where segments go.
/// Not safe for use by several threads at once.
/// </summary>
/// <remarks>
/// Drive it so: after every call, <see cref="Transmit"/> until it returns nothing, then wait for a segment or for
/// <see cref="NextTimeout"/>. Here are its state and the application's side (RFC 9293, 3.10.1 to 3.10.6); what segments bring about is
/// <see cref="SegmentArrives"/>'s, what timers do <see cref="Timeouts"/>', and what is sent <see cref="Transmitter"/>'s.
/// </remarks>
public sealed class Connection : IObservedState
{
    private readonly ConnectionOptions _options;
    private IConnectionHandler _handler;
    private readonly ConnectionIdentity _identity;
    private readonly TimerTable _timers = new();
    private readonly MemoryAccount _memory;
    private readonly Sender _sender;
    private readonly Receiver _receiver;
    private readonly NegotiatedOptions _negotiated;
    private readonly KeepAlive _keepAlive;
    private readonly UserTimeout _userTimeout;
    private readonly PendingResets _resets;
    private readonly SegmentArrives _arrival;
    private readonly Transmitter _transmitter;
    private readonly Timeouts _timeouts;
    private readonly BulkArrival _bulk;
    private readonly Observation? _observation;
    private ConnectionState _state = ConnectionState.Closed;
    private bool _awaitsUnsentLow;

    // Whether the latest segment brought text that was next: what was refused, such as one with an old timestamp, predicts nothing.
    private bool _hasAdvanced;

    private Connection(ConnectionOptions options, IConnectionHandler handler, ConnectionIdentity identity, bool passive, MemoryBudget? memory)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        if (options.Validate() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        _options = options;
        _handler = handler;
        _identity = identity;
        IsPassive = passive;
        var ecn = new EcnNegotiation(options.Ecn);
        var marks = new EcnDataReceiver(options.AccurateEcnOption);
        var clock = new TimestampClock(identity.TimestampOffset);
        _sender = new Sender(options, identity.InitialSequence, _timers, Statistics, new EcnDataSender(ecn));
        _memory = new MemoryAccount(memory);
        _memory.Open();
        _receiver = new Receiver(options, handler, _timers, _memory);
        _negotiated = new NegotiatedOptions(options);
        _keepAlive = new KeepAlive(options, _timers);
        _userTimeout = new UserTimeout(options, _timers);
        _resets = new PendingResets(identity.LocalPort, identity.RemotePort, Statistics);
        var parts = new ConnectionParts(_sender, _receiver, _negotiated, clock, ecn, marks, _keepAlive);
        var builder = new SegmentBuilder(identity.LocalPort, identity.RemotePort, passive, _sender, _receiver, _negotiated, clock, ecn, marks);
        TimeWait = new TimeWait(this, options, _timers, _receiver, _negotiated);
        Teardown = new Teardown(this, options, _timers, parts, _resets);
        PathErrors = new PathErrors(this, _sender);
        _arrival = new SegmentArrives(this, options, parts);
        _bulk = new BulkArrival(this, parts, new BulkReceive(_receiver, marks, Statistics), _arrival.Acknowledgments);
        _transmitter = new Transmitter(this, parts, _resets, builder);
        _timeouts = new Timeouts(this, options, parts, _timers, _arrival);
        _sender.Stream.QueueSyn();
        if (options.Observe?.Invoke(new ObservedConnection(identity.LocalPort, identity.RemotePort, passive)) is { } observer)
        {
            _observation = new Observation(this, observer, _timers);
            _sender.Observation = _observation;
        }
    }

    /// <summary>Where the connection stands.</summary>
    public ConnectionState State
    {
        get => _state;
        internal set
        {
            _state = value;
            _observation?.OnState(value);
        }
    }

    /// <summary>When <see cref="Timeout"/> wants to be called; null when no timer runs.</summary>
    public Instant? NextTimeout => _timers.Next == Instant.Never ? null : _timers.Next;

    /// <summary>Our TCP port.</summary>
    public ushort LocalPort => _identity.LocalPort;

    /// <summary>The peer's TCP port.</summary>
    public ushort RemotePort => _identity.RemotePort;

    /// <summary>Whether the peer opened it.</summary>
    public bool IsPassive { get; }

    /// <summary>What the sending half knows of the path and allows itself.</summary>
    public ConnectionMetrics Metrics => _sender.Metrics with { Unread = _receiver.Unread };

    /// <summary>How many segments are sent and not acknowledged, and what is known of them.</summary>
    internal SegmentCounts SegmentCounts => _sender.Counts;

    /// <summary>What is known of marks on what was sent.</summary>
    internal EcnDataSender Ecn => _sender.Ecn;

    /// <summary>Whether congestion control has answered a mark for what is still outstanding.</summary>
    internal bool AnswersMark => _sender.AnswersMark;

    /// <summary>Probes of a closed window that nothing has answered.</summary>
    internal int UnansweredWindowProbes => _arrival.Acknowledgments.UnansweredWindowProbes;

    /// <summary>Notified of what happens.</summary>
    internal IConnectionHandler Handler => _handler;

    /// <summary>Notified of everything; null for nobody.</summary>
    internal Observation? Observation => _observation;

    /// <summary>Counts of what was done.</summary>
    public ConnectionStatistics Statistics { get; } = new();

    /// <summary>Why the connection ended; null as long as it has not.</summary>
    public CloseReason? CloseReason { get; private set; }

    /// <summary>The congestion window in bytes.</summary>
    public long CongestionWindow => _sender.Congestion.Window;

    /// <summary>The congestion control's name.</summary>
    public string CongestionControl => _sender.Congestion.Name;

    /// <summary>Bytes received and not yet consumed by the application.</summary>
    public long Unread => _receiver.Unread;

    /// <summary>Stream offset behind the last byte written.</summary>
    internal long WrittenUpTo => _sender.Buffer.End;

    /// <summary>Stream offset behind the last byte acknowledged, from the first byte on.</summary>
    internal long AcknowledgedUpTo => _sender.Buffer.Start;

    /// <summary>Bytes written and never sent.</summary>
    public long Unsent => _sender.Stream.Unsent;

    /// <summary>Whether small segments wait for an acknowledgment; at first as <see cref="ConnectionOptions.Nagle"/> says.</summary>
    public bool Nagle
    {
        get => _sender.Nagle;
        set => _sender.Nagle = value;
    }

    /// <summary>Whether so little is unsent that a writer may go on; see <see cref="ConnectionOptions.UnsentLowWaterMark"/>.</summary>
    public bool IsUnsentLow => _options.UnsentLowWaterMark is not { } mark || Unsent < mark;

    /// <summary>Whether nothing is left to do: closed, and no segment waits to be sent.</summary>
    public bool IsSpent => State == ConnectionState.Closed && CloseReason is not null && _resets.IsEmpty;

    /// <summary>SND.NXT as it goes on the wire, which a new connection on the same ports has to begin beyond.</summary>
    internal SequenceNumber SendNext => _sender.Stream.Wrap(_sender.Stream.Next);

    /// <summary>Opens actively (RFC 9293, 3.10.1): a SYN is ready to be sent.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="options">How the connection behaves.</param>
    /// <param name="handler">Told of what happens.</param>
    /// <param name="identity">Ports and initial numbers.</param>
    /// <exception cref="ArgumentException">The options contradict themselves, or the peer's port is 0.</exception>
    public static Connection Open(Instant now, ConnectionOptions options, IConnectionHandler handler, ConnectionIdentity identity) =>
        Open(now, options, handler, identity, memory: null);

    /// <summary>The same of a connection whose memory its endpoint's budget pays for.</summary>
    internal static Connection Open(Instant now, ConnectionOptions options, IConnectionHandler handler, ConnectionIdentity identity, MemoryBudget? memory)
    {
        if (identity.RemotePort == 0)
        {
            throw new ArgumentException("A connection cannot be opened to port 0.", nameof(identity));
        }

        var connection = new Connection(options, handler, identity, passive: false, memory);
        connection._observation?.Begin(now);
        connection.State = ConnectionState.SynSent;
        connection._negotiated.Offer();
        connection._userTimeout.Start(now);
        return connection;
    }

    /// <summary>Opens passively on a SYN (RFC 9293, 3.10.7.2): a SYN_ACK is ready to be sent.</summary>
    /// <param name="now">When the SYN arrived.</param>
    /// <param name="options">How the connection behaves.</param>
    /// <param name="handler">Told of what happens.</param>
    /// <param name="identity">Ports and initial numbers.</param>
    /// <param name="syn">A segment with SYN and without ACK and RST.</param>
    /// <param name="memory">What pays for its memory; null for nothing.</param>
    internal static Connection Accept(
        Instant now, ConnectionOptions options, IConnectionHandler handler, ConnectionIdentity identity, in Segment syn, MemoryBudget? memory = null)
    {
        var connection = new Connection(options, handler, identity, passive: true, memory);
        connection._observation?.Begin(now);
        connection.State = ConnectionState.SynReceived;
        connection.Statistics.SegmentsReceived++;
        connection._observation?.OnReceived(syn, 0);
        connection._negotiated.AnswerLimit = SegmentWriter.SizeOf(syn.Header.Options) + syn.Payload.Length;
        connection._arrival.ProcessSyn(now, syn);
        connection._arrival.ProcessPayload(now, syn);
        connection._userTimeout.Start(now);
        return connection;
    }

    /// <summary>How it ends.</summary>
    internal Teardown Teardown { get; }

    /// <summary>What the network reports on its segments.</summary>
    internal PathErrors PathErrors { get; }

    /// <summary>What keeps its ports from being used again, once it is over.</summary>
    internal TimeWait TimeWait { get; }

    /// <summary>RCV.NXT as it goes on the wire.</summary>
    internal SequenceNumber ReceiveNext => _receiver.Acknowledgment;

    /// <summary>The connection has left its endpoint's table: it is paid for no longer.</summary>
    internal void OnRemoved() => _memory.Close();

    /// <summary>The SYN_ACK has been sent by somebody else: as a cookie, before there was a connection.</summary>
    internal void AssumeSynSent(Instant now) => _sender.AssumeSynSent(now);

    /// <summary>Takes a segment of this connection.</summary>
    /// <param name="now">When the socket received it: round trips are measured by it.</param>
    /// <param name="segment">The segment, its checksum checked.</param>
    public void Receive(Instant now, in Segment segment)
    {
        Statistics.SegmentsReceived++;
        long next = _receiver.Next;
        if (_observation is not null)
        {
            _observation.Begin(now);
            _observation.OnReceived(segment, State == ConnectionState.SynSent ? 0 : _receiver.Unwrap(segment.Header.Sequence));
        }

        switch (State)
        {
            case ConnectionState.Closed:
                break;
            case ConnectionState.SynSent:
                _arrival.ReceiveInSynSent(now, segment);
                break;
            default:
                _arrival.ReceiveSynchronized(now, segment);
                break;
        }

        _hasAdvanced = _receiver.Next > next;
        _observation?.NotifyChanges();
    }

    /// <summary>Takes as many of the datagrams behind one as continue it and nothing else; see <see cref="BulkArrival"/>.</summary>
    internal int ReceiveBulk(Instant now, ReadOnlySpan<byte> first, ReadOnlySpan<byte> rest, EcnCodepoint ecn) =>
        _hasAdvanced && _observation is null ? _bulk.Receive(now, first, rest, ecn) : 0;

    /// <summary>Writes the segments that may be sent now, back to back and of one size but for the last.</summary>
    /// <param name="now">The present moment.</param>
    /// <param name="buffer">Where they go; at least one segment of the largest size must fit.</param>
    /// <param name="maxSegments">How many at most, as a batch of the kernel may hold.</param>
    /// <returns>How many bytes were written in segments of which size; zero bytes when there is nothing to send.</returns>
    public TransmitResult Transmit(Instant now, Span<byte> buffer, int maxSegments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSegments, 1);
        _observation?.Begin(now);
        TransmitResult result = _transmitter.Transmit(now, buffer, maxSegments);
        if (_awaitsUnsentLow && IsUnsentLow)
        {
            // Once for each time there was too much: a writer that is woken writes again.
            _awaitsUnsentLow = false;
            _handler.OnUnsentLow();
        }

        _observation?.NotifyChanges();
        return result;
    }

    /// <summary>Lets the timers that have come due do their work.</summary>
    /// <param name="now">The present moment.</param>
    public void Timeout(Instant now)
    {
        _observation?.Begin(now);
        _timeouts.Run(now);
        _observation?.NotifyChanges();
    }

    /// <summary>
    /// What <see cref="Transmit"/> has just written could not be sent for a reason of this machine's own, such as an interface that is down:
    /// nothing is known of the path by that, and the next attempt does not wait as if it had been lost there.
    /// </summary>
    /// <param name="now">The present moment.</param>
    public void OnNotSent(Instant now) => _sender.OnNotSent(now);

    /// <summary>Shows the machine everything that is written and not yet acknowledged.</summary>
    /// <remarks>
    /// The bytes stay the caller's; they must not move or change until <see cref="IConnectionHandler.OnAcknowledged"/>
    /// has let go of them. After a shutdown or the end of the connection the call has no effect.
    /// </remarks>
    /// <param name="unacknowledged">From the first unacknowledged byte to the last written one.</param>
    /// <param name="moreToCome">
    /// Whether the application waits for room to write more, as MSG_MORE says elsewhere: what would make a small batch may then wait for
    /// an acknowledgment that is sure to come soon.
    /// </param>
    public void Write(ReadOnlySequence<byte> unacknowledged, bool moreToCome = false)
    {
        if (!_sender.Stream.FinQueued && CloseReason is null)
        {
            _sender.Buffer.Supply(unacknowledged);
            ChargeUnacknowledged();
            _transmitter.MoreToCome = moreToCome;
            _awaitsUnsentLow |= !IsUnsentLow;
        }
    }

    /// <summary>The application consumed bytes that <see cref="IConnectionHandler.OnReceived"/> gave it.</summary>
    /// <param name="bytes">How many; no more than <see cref="Unread"/>.</param>
    public void Consumed(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (Teardown.ClosedByApplication || CloseReason is not null)
        {
            return;
        }

        if (bytes > 0 && _receiver.Consume(bytes) && CanReceive)
        {
            _receiver.Policy.OweOne();
        }
    }

    /// <summary>Half-closes: a FIN follows what is written; the peer's data still arrives (RFC 9293, 3.6).</summary>
    public void ShutdownSend() => Teardown.ShutdownSend();

    /// <summary>The application reads no more: what arrives is acknowledged and forgotten.</summary>
    public void ShutdownReceive()
    {
        if (_receiver.StartDiscarding() && CanReceive)
        {
            // A window that was closed is open for good now: the peer need not find out by probing.
            _receiver.Policy.OweOne();
        }
    }

    /// <summary>
    /// Closes both ways (RFC 9293, 3.10.4). What is written is still sent, then a FIN. If bytes are left unread, or more
    /// arrive, the peer gets a RST: it must not believe they were read (RFC 2525, 2.17).
    /// </summary>
    /// <param name="now">The present moment.</param>
    public void Close(Instant now) => Teardown.Close(now);

    /// <summary>Ends the connection at once: the peer gets a RST, what is not sent is forgotten (RFC 9293, 3.10.5).</summary>
    public void Abort() => Teardown.Abort(Events.CloseReason.Aborted);

    /// <summary>Whether the handshake was done at some time.</summary>
    internal bool HasBeenEstablished { get; set; }

    /// <summary>Whether text is taken in this state.</summary>
    internal bool CanReceive => State is ConnectionState.Established or ConnectionState.FinWait1 or ConnectionState.FinWait2;

    /// <summary>Nothing will come of it any more: whoever uses it is told, once.</summary>
    internal void OnEnded(CloseReason reason)
    {
        if (CloseReason is null)
        {
            CloseReason = reason;
            IConnectionHandler handler = _handler;
            _handler = NoHandler.Instance;
            handler.OnClosed(reason);
        }
    }

    /// <summary>Something new was sent: the user timeout runs from now on, if it did not.</summary>
    internal void OnSentNew(Instant now) => _userTimeout.Start(now);

    /// <summary>The peer has shown that it is there.</summary>
    internal void RestartUserTimeout(Instant now) => _userTimeout.Restart(now, _sender.HasUnacknowledged);

    /// <summary>What is written and not acknowledged is paid for.</summary>
    internal void ChargeUnacknowledged() => _memory.SetUnacknowledged(_sender.Buffer.End - _sender.Buffer.Start);
}
