using NetLab.Tcp.Connections;
using NetLab.Tcp.Connections.Output;
using NetLab.Tcp.Counters;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Options;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Simulation;

/// <summary>A machine with NetLab's TCP on a virtual network.</summary>
public sealed class SimulatedEndpoint
{
    private readonly VirtualNetwork _network;
    private readonly VirtualHost _host;
    private readonly Demultiplexer _demultiplexer;
    private readonly byte[] _buffer = new byte[DatagramSocket.MaxDatagramSize];

    // What has entered the table while a datagram was taken.
    private readonly List<ConnectionEntry> _entered = [];

    /// <summary>Puts an endpoint on a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="address">Its UDP address there.</param>
    /// <param name="seed">Its initial sequence numbers and ports come from this.</param>
    /// <param name="initialSequence">Where its sequence numbers begin instead; null to draw them.</param>
    public SimulatedEndpoint(VirtualNetwork network, DatagramAddress address, ulong seed, uint? initialSequence = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network;
        _demultiplexer = new Demultiplexer(new EndpointSecrets(seed, ~seed) { InitialSequence = initialSequence }) { Entered = entry => _entered.Add(entry) };
        _host = network.AddHost(address);
        _host.OnReceive = OnReceive;
        _host.OnTimer = OnTimer;
    }

    /// <summary>Sees each datagram this endpoint sends or receives.</summary>
    public DatagramTap? Tap { get; set; }

    /// <summary>How many segments leave in one batch at most.</summary>
    public int BatchSize { get; set; } = 16;

    /// <summary>The endpoint's host on the network.</summary>
    public VirtualHost Host => _host;

    /// <summary>Connections it knows, those in TIME-WAIT counted.</summary>
    public int Connections => _demultiplexer.Count;

    /// <summary>What happened to datagrams that belong to no connection.</summary>
    public DemultiplexerStatistics Statistics => _demultiplexer.Statistics;

    /// <summary>Opens a connection; its SYN leaves at this moment, once time is let run.</summary>
    public SimulatedStream Connect(DatagramAddress peer, ConnectionOptions options)
    {
        var stream = new SimulatedStream();
        ConnectionEntry entry = _demultiplexer.Open(_network.Now, peer, options, stream);
        _entered.Remove(entry);
        stream.Attach(entry, MarkReady);
        return stream;
    }

    /// <summary>Answers connection requests.</summary>
    /// <param name="options">How the connections behave.</param>
    /// <param name="accept">Told of each new connection, from its SYN on.</param>
    /// <param name="backlog">How many may be half open or not yet established.</param>
    public void Listen(ConnectionOptions options, Action<SimulatedStream> accept, int backlog = 128)
    {
        ArgumentNullException.ThrowIfNull(accept);
        _demultiplexer.Listen(new Listener(options, backlog, _ =>
        {
            var stream = new SimulatedStream();
            accept(stream);
            return stream;
        }));
    }

    private void OnReceive(ReadOnlySpan<byte> datagram, DatagramAddress from, EcnCodepoint ecn)
    {
        Tap?.Invoke(_network.Now, datagram, from, false);
        Connection? connection = _demultiplexer.Receive(_network.Now, from, datagram, ecn);
        AttachNew();
        if (connection?.Handler is SimulatedStream { Entry: { } entry })
        {
            Demultiplexer.Accept(entry);
        }

        Flush();
    }

    // A passive connection's stream exists before its connection does; here they are joined. Who is established is
    // accepted at once: a connection that a cookie brought is from its beginning, any other with its third segment.
    private void AttachNew()
    {
        foreach (ConnectionEntry entry in _entered)
        {
            if (entry.Connection.Handler is SimulatedStream { Entry: null } stream)
            {
                stream.Attach(entry, MarkReady);
            }

            Demultiplexer.Accept(entry);
        }

        _entered.Clear();
    }

    private void OnTimer()
    {
        _demultiplexer.Timeout(_network.Now);
        Flush();
    }

    private void MarkReady(ConnectionEntry entry)
    {
        _demultiplexer.MarkReady(entry);

        // Not sent from within a callback of the machine, but at this very moment of virtual time.
        _host.Timer = _network.Now;
    }

    private void Flush()
    {
        Instant now = _network.Now;
        while (_demultiplexer.TryTransmit(now, _buffer, BatchSize, out DatagramAddress to, out TransmitResult result))
        {
            for (int offset = 0; offset < result.Bytes; offset += result.SegmentSize)
            {
                ReadOnlySpan<byte> datagram = _buffer.AsSpan(offset, Math.Min(result.SegmentSize, result.Bytes - offset));
                Tap?.Invoke(now, datagram, to, true);
                _host.Send(datagram, to, result.Ecn);
            }
        }

        _host.Timer = _demultiplexer.NextTimeout;
    }
}
