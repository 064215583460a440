using NetLab.Tcp.Options;
using NetLab.Tcp.Segments;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Experiments.Networks;

/// <summary>
/// Hosts, links with their queues, flows and probes in virtual time, and what happened to each of them. The same seed gives the same
/// events at the same times. One thread.
/// </summary>
public sealed class LabNetwork
{
    // How often what has arrived is noted: a hundredth of a second, or seldomer in runs that are long.
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan SlowBeat = TimeSpan.FromMilliseconds(100);

    private readonly ulong _seed;
    private readonly Mutation? _mutation;
    private readonly CancellationToken _cancellationToken;
    private readonly List<LabHost> _hosts = [];
    private readonly List<LabLink> _links = [];
    private readonly List<LabFlow> _flows = [];
    private readonly Dictionary<(LabHost From, LabHost To), LabLink> _routes = [];
    private readonly Dictionary<DatagramAddress, string> _names = [];
    private uint _addresses;
    private ulong _draws;
    private bool _beats;

    internal LabNetwork(ulong seed, Mutation? mutation, CancellationToken cancellationToken)
    {
        _seed = seed;
        _mutation = mutation;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The present moment, since the beginning.</summary>
    public TimeSpan Now => Virtual.Now.SinceOrigin;

    /// <summary>The links, each direction by itself.</summary>
    public IReadOnlyList<LabLink> Links => _links;

    /// <summary>The flows.</summary>
    public IReadOnlyList<LabFlow> Flows => _flows;

    /// <summary>The clock and the datagrams under it all.</summary>
    public VirtualNetwork Virtual { get; } = new();

    /// <summary>Adds a host.</summary>
    public LabHost Host(string name)
    {
        var host = new LabHost(name);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Joins two hosts by a link.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <param name="link">What it does, as on the command line; "up" is from the first to the second.</param>
    /// <returns>Its two directions.</returns>
    /// <exception cref="ArgumentException">The text is no link; the message says where.</exception>
    public (LabLink Up, LabLink Down) Connect(LabHost left, LabHost right, string link) => Connect(left, right, Read(link));

    /// <summary>Joins two hosts by a link.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <param name="description">What it does, its schedule included; "up" is from the first to the second.</param>
    /// <returns>Its two directions.</returns>
    public (LabLink Up, LabLink Down) Connect(LabHost left, LabHost right, LinkDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        LabLink up = AddLink(description.Up, $"{left.Name} → {right.Name}");
        LabLink down = AddLink(description.Down, $"{right.Name} → {left.Name}");
        Route(left, right, up, down);
        return (up, down);
    }

    /// <summary>Adds one direction of a link, for several pairs of hosts to share; see <see cref="Route"/>.</summary>
    /// <param name="link">What it does, as on the command line.</param>
    /// <param name="name">Its name in pictures.</param>
    /// <exception cref="ArgumentException">The text is no link; the message says where.</exception>
    public LabLink AddLink(string link, string name) => AddLink(Read(link).Up, name);

    /// <summary>Lets two hosts reach each other over directions that there are.</summary>
    public void Route(LabHost left, LabHost right, LabLink there, LabLink back)
    {
        _routes[(left, right)] = there;
        _routes[(right, left)] = back;
    }

    /// <summary>Opens a connection; its SYN leaves now.</summary>
    /// <param name="client">Where it is opened.</param>
    /// <param name="server">Where it is accepted.</param>
    /// <param name="options">How both ends behave; null for the defaults.</param>
    /// <param name="serverOptions">How the server's end behaves; null for as the client's.</param>
    /// <param name="keepsLog">Whether both ends keep an event log; off, long runs need little memory.</param>
    /// <param name="name">Its name in pictures; null for that of the client.</param>
    public LabFlow Tcp(LabHost client, LabHost server, ConnectionOptions? options = null, ConnectionOptions? serverOptions = null, bool keepsLog = true, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        (LabLink up, LabLink down) = (_routes[(client, server)], _routes[(server, client)]);
        name ??= client.Name;
        LabFlow? flow = null;
        SimulatedEndpoint left = NewEndpoint(name, 40_000, up, (at, segment, sent) => flow?.NoteSegment(at, true, sent, segment));
        SimulatedEndpoint right = NewEndpoint(server.Name, 9_000, down, (at, segment, sent) => flow?.NoteSegment(at, false, sent, segment));
        Virtual.AddRoute(left.Host, right.Host, up.Link);
        Virtual.AddRoute(right.Host, left.Host, down.Link);
        (FlowEnd clientEnd, FlowEnd serverEnd) = (new FlowEnd(client.Name), new FlowEnd(server.Name));
        right.Listen(Prepare(serverOptions ?? options, keepsLog ? serverEnd : null), stream =>
        {
            stream.KeepsReceived = false;
            flow?.Accept(stream);
        });
        SimulatedStream opened = left.Connect(right.Host.Address, Prepare(options, keepsLog ? clientEnd : null));
        opened.KeepsReceived = false;
        flow = new LabFlow(this, name, up, down, opened, clientEnd, serverEnd);
        _flows.Add(flow);
        StartBeat(keepsLog ? Beat : SlowBeat);
        return flow;
    }

    /// <summary>A machine with NetLab's TCP, for experiments that need more of it than a flow: its listener, its counts.</summary>
    /// <param name="host">Where it is.</param>
    /// <param name="port">Its UDP port.</param>
    public SimulatedEndpoint Machine(LabHost host, ushort port = 9_000)
    {
        ArgumentNullException.ThrowIfNull(host);
        return NewEndpoint(host.Name, port, null, null);
    }

    /// <summary>Lets two machines reach each other over the links of their hosts.</summary>
    public void Join(LabHost left, SimulatedEndpoint leftMachine, LabHost right, SimulatedEndpoint rightMachine)
    {
        ArgumentNullException.ThrowIfNull(leftMachine);
        ArgumentNullException.ThrowIfNull(rightMachine);
        Virtual.AddRoute(leftMachine.Host, rightMachine.Host, _routes[(left, right)].Link);
        Virtual.AddRoute(rightMachine.Host, leftMachine.Host, _routes[(right, left)].Link);
    }

    /// <summary>Options as the run wants them: with what is broken on purpose.</summary>
    public ConnectionOptions Prepare(ConnectionOptions? options) => Prepare(options, null);

    /// <summary>Begins to ask for the round trip at regular times.</summary>
    /// <param name="from">Who asks.</param>
    /// <param name="to">Who answers.</param>
    /// <param name="interval">Time between questions.</param>
    /// <param name="size">Bytes a datagram, at least 8.</param>
    public LabProbe Probe(LabHost from, LabHost to, TimeSpan interval, int size = 64)
    {
        (VirtualHost left, VirtualHost right) = NewHosts(from, to, "probe");
        return new LabProbe(Virtual, left, right, interval, Math.Max(8, size));
    }

    /// <summary>Begins to send numbered datagrams.</summary>
    /// <param name="from">Who sends.</param>
    /// <param name="to">Who counts.</param>
    /// <param name="interval">Time between datagrams.</param>
    /// <param name="size">Bytes a datagram, at least 16.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="numbers">How many numbers there are, before they begin again at 0.</param>
    public LabDatagrams Datagrams(LabHost from, LabHost to, TimeSpan interval, int size, TimeSpan duration, long numbers = long.MaxValue)
    {
        (VirtualHost left, VirtualHost right) = NewHosts(from, to, "datagrams");
        return new LabDatagrams(Virtual, left, right, interval, Math.Max(16, size), duration, numbers);
    }

    /// <summary>Two hosts of datagrams, joined by the links of theirs, for experiments that send their own.</summary>
    public (VirtualHost Left, VirtualHost Right) NewHosts(LabHost from, LabHost to, string name)
    {
        (VirtualHost left, VirtualHost right) = (Virtual.AddHost(NextAddress(5_000, name)), Virtual.AddHost(NextAddress(5_001, name)));
        Virtual.AddRoute(left, right, _routes[(from, to)].Link);
        Virtual.AddRoute(right, left, _routes[(to, from)].Link);
        return (left, right);
    }

    /// <summary>A host of its own address that reaches a machine, and to which nothing leads back: a forged sender.</summary>
    /// <param name="from">Where its datagrams enter the network.</param>
    /// <param name="to">Where they leave it.</param>
    /// <param name="target">The machine there.</param>
    public VirtualHost OneWay(LabHost from, LabHost to, VirtualHost target)
    {
        VirtualHost host = Virtual.AddHost(NextAddress(5_000, from.Name));
        Virtual.AddRoute(host, target, _routes[(from, to)].Link);
        return host;
    }

    /// <summary>Plans something for a moment of the run.</summary>
    public void At(TimeSpan moment, Action action) => Virtual.Schedule(Instant.FromOrigin(moment), action);

    /// <summary>Plans something for a while from now.</summary>
    public void In(TimeSpan delay, Action action) => Virtual.Schedule(Virtual.Now + delay, action);

    /// <summary>Lets time pass up to a moment.</summary>
    /// <exception cref="OperationCanceledException">The run was ended early.</exception>
    public void RunUntil(TimeSpan moment) => RunUntil(() => false, moment);

    /// <summary>Lets time pass until something is true.</summary>
    /// <param name="until">The condition, looked at after every event.</param>
    /// <param name="limit">The moment at which to stop waiting.</param>
    /// <returns>Whether it came true.</returns>
    /// <exception cref="OperationCanceledException">The run was ended early.</exception>
    public bool RunUntil(Func<bool> until, TimeSpan limit)
    {
        int events = 0;
        return Virtual.Run(
            () =>
            {
                if ((++events & 0xFFF) == 0)
                {
                    _cancellationToken.ThrowIfCancellationRequested();
                }

                return until();
            },
            limit);
    }

    private static LinkDescription Read(string link) =>
        LinkDescription.TryParse(link, out LinkDescription description, out string? error) ? description : throw new ArgumentException(error, nameof(link));

    private LabLink AddLink(LinkDirection direction, string name)
    {
        direction = _mutation?.Link?.Invoke(direction) ?? direction;
        var link = new LabLink(Virtual, Virtual.AddLink(new LinkModel(direction, Draw(), SegmentKind.Matches)), name);
        _links.Add(link);
        return link;
    }

    private delegate void SegmentTap(Instant at, ReadOnlySpan<byte> segment, bool sent);

    private SimulatedEndpoint NewEndpoint(string name, ushort port, LabLink? link, SegmentTap? tap)
    {
        var endpoint = new SimulatedEndpoint(Virtual, NextAddress(port, name), Draw());
        SequenceNumber? initial = null;
        endpoint.Tap = (at, datagram, _, sent) =>
        {
            tap?.Invoke(at, datagram, sent);

            // Only a log has to know what a segment is; the first of a stream is known before anybody asks.
            bool isKnown = initial is not null && link is not { KeepsLog: true };
            if (!sent || isKnown || !SegmentReader.TryRead(datagram, out Segment segment, out SegmentError _))
            {
                return;
            }

            if (segment.Header.Has(SegmentFlags.Syn))
            {
                initial = segment.Header.Sequence;
            }

            long start = initial is { } first ? unchecked(segment.Header.Sequence.Value - first.Value) : 0;
            link?.Expect(name, SegmentKind.NameOf(segment), start, start + segment.SequenceLength);
        };
        return endpoint;
    }

    private ConnectionOptions Prepare(ConnectionOptions? options, FlowEnd? end)
    {
        ConnectionOptions prepared = options ?? new ConnectionOptions();
        prepared = _mutation?.Options?.Invoke(prepared) ?? prepared;
        return end is null ? prepared : prepared with { Observe = _ => end };
    }

    private DatagramAddress NextAddress(ushort port, string name)
    {
        DatagramAddress address = DatagramAddress.FromIPv4(0x0A00_0001u + _addresses++, port);
        _names[address] = name;
        return address;
    }

    private void StartBeat(TimeSpan beat)
    {
        if (_beats)
        {
            return;
        }

        _beats = true;
        void Note()
        {
            foreach (LabFlow flow in _flows)
            {
                flow.NoteArrivals(Virtual.Now);
            }

            Virtual.Schedule(Virtual.Now + beat, Note);
        }

        Note();
    }

    // Weyl's sequence: everything that needs a seed gets another one.
    private ulong Draw() => _seed + (0x9E37_79B9_7F4A_7C15 * ++_draws);
}
