using System.Globalization;
using NetLab.Tcp.Connections;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation;

/// <summary>
/// A conversation with one endpoint, written down: inject this segment, expect that one, expect nothing, let time pass.
/// The script is the peer. When an expectation fails the exception tells the whole conversation.
/// </summary>
public sealed class ConnectionScript
{
    /// <summary>The peer's TCP port.</summary>
    public const ushort PeerPort = 9_000;

    private static readonly DatagramAddress Peer = DatagramAddress.FromIPv4(0x0A00_0002, PeerPort);

    private readonly Demultiplexer _demultiplexer;
    private readonly Queue<ScriptedSegment> _sent = new();
    private readonly List<string> _history = [];
    private readonly byte[] _buffer = new byte[DatagramSocket.MaxDatagramSize];
    private readonly SequenceNumber _peerInitial;
    private SequenceNumber? _ownInitial;
    private ushort _ownPort = 80;

    private ConnectionScript(uint peerInitial, ulong seed)
    {
        _peerInitial = new SequenceNumber(peerInitial);
        _demultiplexer = new Demultiplexer(new EndpointSecrets(seed, seed + 1));
    }

    /// <summary>The present moment of the script.</summary>
    public Instant Now { get; private set; }

    /// <summary>The application at the endpoint.</summary>
    public SimulatedStream Stream { get; private set; } = new();

    /// <summary>The connection; null at a listener that no SYN has reached.</summary>
    public Connection? Connection => Stream.Connection;

    /// <summary>How long until the connection's next timer; null when none runs.</summary>
    public TimeSpan? NextTimeout => Connection?.NextTimeout - Now;

    /// <summary>Connections the endpoint knows.</summary>
    public int Connections => _demultiplexer.Count;

    /// <summary>How many connections the listener has begun.</summary>
    public int Welcomed { get; private set; }

    /// <summary>What happened to datagrams that belong to no connection.</summary>
    public DemultiplexerStatistics Statistics => _demultiplexer.Statistics;

    /// <summary>An endpoint that has just opened a connection; its SYN is waiting to be expected.</summary>
    public static ConnectionScript Connecting(ConnectionOptions? options = null, uint peerInitial = 1_000_000, ulong seed = 1)
    {
        var script = new ConnectionScript(peerInitial, seed);
        ConnectionEntry entry = script._demultiplexer.Open(script.Now, Peer, options ?? new ConnectionOptions(), script.Stream);
        script._ownPort = entry.Key.LocalPort;
        script.Stream.Attach(entry, script._demultiplexer.MarkReady);
        script.Flush();
        return script;
    }

    /// <summary>An endpoint that listens.</summary>
    public static ConnectionScript Listening(ConnectionOptions? options = null, int backlog = 16, uint peerInitial = 1_000_000, ulong seed = 1)
    {
        var script = new ConnectionScript(peerInitial, seed);
        script._demultiplexer.Listen(new Listener(options ?? new ConnectionOptions(), backlog, _ =>
        {
            script.Welcomed++;
            script.Stream = new SimulatedStream();
            return script.Stream;
        }));
        return script;
    }

    /// <summary>An endpoint with neither listener nor connection.</summary>
    public static ConnectionScript Closed() => new(1_000_000, 1);

    /// <summary>A listening endpoint after a complete handshake.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="syn">Options of the peer's SYN.</param>
    /// <param name="window">The peer's window.</param>
    /// <param name="peerInitial">The peer's ISN.</param>
    /// <param name="seed">Where our ISN comes from.</param>
    public static ConnectionScript Established(
        ConnectionOptions? options = null, SegmentOptions syn = default, ushort window = ushort.MaxValue, uint peerInitial = 1_000_000, ulong seed = 1)
    {
        ConnectionScript script = Listening(options, peerInitial: peerInitial, seed: seed);
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Syn, Options = syn, Window = window });
        script.Expect("the SYN_ACK", s => s.Has(SegmentFlags.Syn | SegmentFlags.Ack));
        script.Inject(new ScriptedSegment { Flags = SegmentFlags.Ack, Sequence = 1, Acknowledgment = 1, Window = window });
        script.ExpectState(ConnectionState.Established);
        script.ExpectNothing();
        return script;
    }

    /// <summary>The wire's number of an offset in the endpoint's stream, for SACK blocks; its SYN must have been sent.</summary>
    public SequenceNumber OwnNumber(long offset) => SequenceNumber.Wrap(offset, _ownInitial ?? default);

    /// <summary>The offset in the peer's stream of a number that the endpoint sent, such as of a SACK block.</summary>
    public long PeerOffset(SequenceNumber number) => number.DistanceFrom(_peerInitial);

    /// <summary>The offset in the endpoint's stream of a number of its own; its SYN must have been sent.</summary>
    internal long OwnOffset(SequenceNumber number) => number.DistanceFrom(_ownInitial ?? default);

    /// <summary>The offset in the peer's stream that the endpoint waits for.</summary>
    internal long PeerNext => Connection is { } connection ? connection.ReceiveNext.DistanceFrom(_peerInitial) : 0;

    /// <summary>Gives the endpoint a segment from the peer.</summary>
    public void Inject(ScriptedSegment segment) => InjectFrom(Peer, PeerPort, _ownPort, segment);

    /// <summary>Gives the endpoint a segment with other addresses or ports.</summary>
    public void InjectFrom(DatagramAddress from, ushort sourcePort, ushort destinationPort, ScriptedSegment segment)
    {
        byte[] datagram = Make(sourcePort, destinationPort, segment);
        _history.Add(Line($"inject {segment}"));
        InjectRaw(from, datagram, segment.Ecn);
    }

    /// <summary>Gives the endpoint segments of one size that arrive together.</summary>
    public void InjectBatch(IReadOnlyList<ScriptedSegment> segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        byte[][] datagrams = [.. segments.Select(s => Make(PeerPort, _ownPort, s))];
        foreach (ScriptedSegment segment in segments)
        {
            _history.Add(Line($"inject {segment} (together)"));
        }

        _demultiplexer.ReceiveBatch(Now, Peer, datagrams.SelectMany(d => d).ToArray(), datagrams[0].Length, segments[0].Ecn);
        Flush();
    }

    private byte[] Make(ushort sourcePort, ushort destinationPort, ScriptedSegment segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        var header = new SegmentHeader
        {
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Sequence = SequenceNumber.Wrap(segment.Sequence, _peerInitial),
            Acknowledgment = segment.Has(SegmentFlags.Ack)
                ? SequenceNumber.Wrap(segment.Acknowledgment, _ownInitial ?? default)
                : default,
            Flags = segment.Flags,
            Window = segment.Window,
            Options = segment.Options,
        };
        int size = SegmentWriter.SizeOf(header.Options) + segment.Payload.Length;
        byte[] datagram = new byte[size];
        segment.Payload.Span.CopyTo(datagram.AsSpan(size - segment.Payload.Length));
        SegmentWriter.Write(datagram, header);
        return datagram;
    }

    /// <summary>Gives the endpoint any bytes.</summary>
    public void InjectRaw(ReadOnlySpan<byte> datagram) => InjectRaw(Peer, datagram);

    /// <summary>Does something as the application.</summary>
    public void Do(string what, Action<Connection> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _history.Add(Line($"application: {what}"));
        Stream.Do(action);
        Flush();
    }

    /// <summary>Writes as the application.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _history.Add(Line($"application: write {bytes.Length} bytes"));
        Stream.Write(bytes);
        Flush();
    }

    /// <summary>Reads as the application.</summary>
    public void Read(long bytes)
    {
        _history.Add(Line($"application: read {bytes} bytes"));
        Stream.Read(bytes);
        Flush();
    }

    /// <summary>Closes the listener.</summary>
    public void StopListening()
    {
        _history.Add(Line($"application: stop listening"));
        _demultiplexer.StopListening();
        Flush();
    }

    /// <summary>Lets time pass, timer by timer.</summary>
    public void Advance(TimeSpan duration)
    {
        Instant end = Now + duration;
        while (_demultiplexer.NextTimeout is var next && next <= end)
        {
            Now = Instant.Max(Now, next);
            _demultiplexer.Timeout(Now);
            Flush();
        }

        Now = end;
        _history.Add(Line($"time passes"));
    }

    /// <summary>The next segment the endpoint sent, which must exist and be as described.</summary>
    /// <param name="what">What is expected, in words.</param>
    /// <param name="matches">Whether a segment is that.</param>
    public ScriptedSegment Expect(string what, Predicate<ScriptedSegment> matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        if (!_sent.TryDequeue(out ScriptedSegment? segment))
        {
            throw Failed($"expected {what}, but nothing was sent");
        }

        return matches(segment) ? segment : throw Failed($"expected {what}, but {segment} was sent");
    }

    /// <summary>Everything the endpoint sent since the last look must be nothing.</summary>
    public void ExpectNothing()
    {
        if (_sent.TryDequeue(out ScriptedSegment? segment))
        {
            throw Failed($"expected nothing, but {segment} was sent");
        }
    }

    /// <summary>Takes everything the endpoint has sent and no one looked at.</summary>
    public IReadOnlyList<ScriptedSegment> TakeAll()
    {
        var all = _sent.ToList();
        _sent.Clear();
        return all;
    }

    /// <summary>The connection must be in a state.</summary>
    public void ExpectState(ConnectionState state)
    {
        ConnectionState actual = Connection?.State ?? ConnectionState.Closed;
        if (actual != state)
        {
            throw Failed($"expected state {state}, but it is {actual}");
        }
    }

    private void InjectRaw(DatagramAddress from, ReadOnlySpan<byte> datagram, EcnCodepoint ecn = EcnCodepoint.NotEct)
    {
        _demultiplexer.Receive(Now, from, datagram, ecn);
        foreach (ConnectionEntry entry in _demultiplexer.Entries)
        {
            if (ReferenceEquals(entry.Connection.Handler, Stream) && Stream.Entry is null)
            {
                Stream.Attach(entry, _demultiplexer.MarkReady);
            }
        }

        Flush();
    }

    private void Flush()
    {
        while (_demultiplexer.TryTransmit(Now, _buffer, 64, out _, out TransmitResult result))
        {
            for (int offset = 0; offset < result.Bytes; offset += result.SegmentSize)
            {
                Note(_buffer.AsSpan(offset, Math.Min(result.SegmentSize, result.Bytes - offset)), result.Ecn);
            }
        }
    }

    private void Note(ReadOnlySpan<byte> datagram, EcnCodepoint ecn)
    {
        if (!SegmentReader.TryRead(datagram, out Segment segment, out SegmentError error))
        {
            throw Failed($"the endpoint sent a segment that is not one: {error}");
        }

        SegmentHeader header = segment.Header;
        if (header.Has(SegmentFlags.Syn))
        {
            _ownInitial = header.Sequence;
        }

        var scripted = new ScriptedSegment
        {
            Flags = header.Flags,
            Sequence = header.Sequence.DistanceFrom(_ownInitial ?? default),
            Acknowledgment = header.Has(SegmentFlags.Ack) ? header.Acknowledgment.DistanceFrom(_peerInitial) : 0,
            Window = header.Window,
            Options = header.Options,
            Ecn = ecn,
            Payload = segment.Payload.ToArray(),
        };
        _history.Add(Line($"sent   {scripted}"));
        _sent.Enqueue(scripted);
    }

    private string Line(FormattableString text) =>
        string.Create(CultureInfo.InvariantCulture, $"{Now.SinceOrigin.TotalMilliseconds,10:F3} ms  ") + text.ToString(CultureInfo.InvariantCulture);

    private ScriptFailedException Failed(string message) =>
        new(message + Environment.NewLine + string.Join(Environment.NewLine, _history));
}
