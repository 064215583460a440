using System.Net;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>
/// An emulated link between real UDP programs: clients send to it, it passes their datagrams on to one target and
/// the answers back, and the same <see cref="LinkModel"/> as in simulation decides what befalls each.
/// Every client gets a socket of its own towards the target, so the target tells them apart by port.
/// </summary>
public sealed class LinkRelay : IDisposable
{
    // How many system calls one socket may receive by before the others and the timers get a turn: up to a thousand datagrams.
    private const int TurnLength = 16;

    // While much comes over a link that delays, the relay sleeps between looks at its sockets, until something has to leave and at most and
    // at least so long, as network cards do with their interrupts: a wake-up for each batch that comes and one for each that leaves are a
    // third of what a busy relay costs. The system has stamped what came, so it leaves at its time all the same.
    private static readonly TimeSpan MaxPause = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan MinPause = TimeSpan.FromMicroseconds(40);

    // What comes in a pause is nowhere near its time then.
    private static readonly TimeSpan LeastDelayToModerate = TimeSpan.FromMilliseconds(1);

    private readonly LinkRelayOptions _options;
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly DatagramPoller _poller = new();
    private readonly RelayDoor[] _doors;
    private readonly EmulatedLink<RelayedDatagram> _up;
    private readonly EmulatedLink<RelayedDatagram> _down;
    private readonly LinkDelivery<RelayedDatagram> _send;
    private readonly RelayOutbox _outbox = new();
    private readonly RelayClients _clients;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly RelayInterventions _interventions = new();
    private readonly Func<bool, LinkIntervention, bool> _intervene;

    // Another one whenever a link has kept it with what was received.
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramSocket.ReceiveBufferLength, pinned: true);
    private LinkDescription? _change;
    private long _unreachable;
    private long _circling;
    private volatile bool _stopping;

    /// <summary>Binds the relay; it passes nothing before <see cref="Start"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address to listen on is taken or not this machine's.</exception>
    public LinkRelay(LinkRelayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        (LinkModel up, LinkModel down) = options.Link.CreateModels(options.Seed, options.Match);
        _up = new EmulatedLink<RelayedDatagram>(up, options.MaxBytesOnLink) { IsAside = options.IsAside, FlowOf = datagram => datagram.Client.Address.FlowHash, BatchDelivery = SendAll };
        _down = new EmulatedLink<RelayedDatagram>(down, options.MaxBytesOnLink) { IsAside = options.IsAside, FlowOf = datagram => datagram.Client.Address.FlowHash, BatchDelivery = SendAll };
        if (options.Log is { } log)
        {
            _up.Log = outcome => log(true, outcome);
            _down.Log = outcome => log(false, outcome);
        }

        if (options.Changes is { } changes)
        {
            _up.Changes = change => changes(true, change);
            _down.Changes = change => changes(false, change);
        }

        _send = Send;
        _intervene = (up, intervention) => (up ? _up : _down).TryIntervene(intervention);
        _clients = new RelayClients(options.MaxClients, options.IdleTimeout, options.SocketCounts, _poller);
        LinkRoute[] routes = [new LinkRoute(options.Listen, options.Target, options.IsReversed), .. options.MoreRoutes];
        _doors = new RelayDoor[routes.Length];
        try
        {
            for (int i = 0; i < routes.Length; i++)
            {
                var socket = DatagramSocket.Bind(routes[i].Listen, new DatagramSocketOptions { ReceiveHopLimit = true, Counts = options.SocketCounts });
                _doors[i] = new RelayDoor(i, socket, routes[i]);
                _poller.Add(socket);
            }
        }
        catch
        {
            Array.ForEach(_doors, door => door?.Socket.Dispose());
            _poller.Dispose();
            throw;
        }

        options.Counts.Up.Add(Up);
        options.Counts.Down.Add(Down);
        _thread = new Thread(Run) { IsBackground = true, Name = "link relay" };
    }

    /// <summary>Where clients send to.</summary>
    public IPEndPoint LocalEndPoint => _doors[0].Socket.LocalEndPoint;

    /// <summary>Where clients send to of <see cref="LinkRelayOptions.MoreRoutes"/>, in their order.</summary>
    public IReadOnlyList<IPEndPoint> MoreEndPoints => [.. _doors.Skip(1).Select(door => door.Socket.LocalEndPoint)];

    /// <summary>Bytes that wait on the way up now; a look from another thread, which may be a moment old.</summary>
    public long QueuedBytesUp => _up.Model.QueuedBytes;

    /// <summary>Bytes that wait on the way down now.</summary>
    public long QueuedBytesDown => _down.Model.QueuedBytes;

    /// <summary>What the link has done to datagrams from clients to the target.</summary>
    public LinkStatistics Up => _up.Statistics;

    /// <summary>What the link has done to datagrams from the target to clients.</summary>
    public LinkStatistics Down => _down.Statistics;

    /// <summary>The same of datagrams on their way up that are counted apart (<see cref="LinkRelayOptions.IsAside"/>).</summary>
    public LinkStatistics UpAside => _up.Aside;

    /// <summary>The same of datagrams on their way down that are counted apart.</summary>
    public LinkStatistics DownAside => _down.Aside;

    /// <summary>
    /// How late datagrams left the link, against the moment the model said: the error of the system's timers and of a relay
    /// that has more to do than time to do it.
    /// </summary>
    public LatencyHistogram Lateness { get; } = new();

    /// <summary>Datagrams the system would not take when they were due: its buffer was full or nobody was there.</summary>
    public long SendFailures => _outbox.Failures + Volatile.Read(ref _unreachable);

    /// <summary>
    /// How often a full buffer of the listening socket made the kernel drop something before it reached the link (each up to
    /// 64 datagrams), or null where the kernel does not say.
    /// </summary>
    public uint? BufferDrops => _stopping ? null : _doors[0].Socket.BufferDrops;

    /// <summary>Datagrams that were not passed on because they had passed too many relays, or this one before.</summary>
    public long Circling => Volatile.Read(ref _circling);

    /// <summary>What was received from and delivered to each client that is known now.</summary>
    public IReadOnlyList<RelayClientStatistics> ClientStatistics => _clients.Statistics;

    /// <summary>Clients known now.</summary>
    public int Clients => _clients.Count;

    /// <summary>Completes when the relay has stopped; fails if it stopped by an error of its own.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Begins to pass datagrams, on a thread of its own.</summary>
    public void Start() => _thread.Start();

    /// <summary>Makes the link another one while it runs. What is on its way already keeps its fate; the seed stays as it was, and schedules,
    /// outages and traces count from then.</summary>
    public void Change(LinkDescription link)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (_options.Match is null && (HasDrops(link.Up) || HasDrops(link.Down)))
        {
            throw new ArgumentException("Scripted drops need something that tells what their names mean.", nameof(link));
        }

        Volatile.Write(ref _change, link);
        _poller.Wake();
    }

    /// <summary>Does something to one datagram by hand; see <see cref="EmulatedLink{TTag}.TryIntervene"/>. Safe for several threads.</summary>
    /// <param name="up">Whether it is one on its way up, from a client to the target.</param>
    /// <param name="intervention">What to do to which; datagrams are counted over all clients.</param>
    /// <returns>False if it has left the link, or never will; or the relay has stopped.</returns>
    /// <exception cref="ArgumentException">The intervention makes no sense.</exception>
    public Task<bool> InterveneAsync(bool up, LinkIntervention intervention)
    {
        Task<bool> done = _interventions.Add(up, intervention);
        if (!_stopping)
        {
            _poller.Wake();
        }

        return done;
    }

    /// <summary>Stops and forgets what is still on the link.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _poller.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _interventions.End();
        _clients.Dispose();
        _options.Counts.Up.Remove(Up);
        _options.Counts.Down.Remove(Down);
        Array.ForEach(_doors, door => door.Socket.Dispose());
        _poller.Dispose();
    }

    private void Run()
    {
        try
        {
            ThreadTiming.MakePunctual();
            var readable = new List<DatagramSocket>();
            Instant start = _clock.Now;
            _up.Model.Start(start);
            _down.Model.Start(start);
            Instant receivedAt = Instant.Zero;
            bool isBusy = false;
            while (!_stopping)
            {
                Instant now = _clock.Now;
                if (Interlocked.Exchange(ref _change, null) is { } link)
                {
                    _up.Model.Change(now, link.Up);
                    _down.Model.Change(now, link.Down);
                }

                _interventions.Run(_intervene);
                Deliver(_up, now);
                Deliver(_down, now);
                _clients.ForgetIdle(now);
                Instant next = Instant.Min(Instant.Min(_up.NextDeadline, _down.NextDeadline), _clients.NextSweep);
                TimeSpan wait = _clock.Until(next);
                if (isBusy && MayModerate(_up) && MayModerate(_down))
                {
                    TimeSpan untilDue = next - _clock.Now;
                    _poller.Pause(untilDue > MaxPause ? MaxPause : Max(untilDue, MinPause));
                    wait = TimeSpan.Zero;
                }

                _poller.Wait(wait, readable);
                int batches = 0;
                foreach (DatagramSocket socket in readable)
                {
                    batches += Receive(socket);
                }

                now = _clock.Now;
                isBusy = batches > 0 && now - receivedAt < 2 * MaxPause;
                receivedAt = batches > 0 ? now : receivedAt;
            }

            _completion.TrySetResult();
        }
        catch (Exception error)
        {
            // The thread's only way to tell anyone; whoever runs the relay awaits Completion.
            _completion.TrySetException(error);
        }

        _interventions.End();
    }

    private static bool HasDrops(LinkDirection direction) =>
        direction.IsScripted || direction.Steps.Any(step => step.Direction.IsScripted);

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static bool MayModerate(EmulatedLink<RelayedDatagram> link) =>
        LinuxSocketCalls.IsSupported && link.Model.Direction is { Path: null } direction && direction.Delay >= LeastDelayToModerate;

    private void Deliver(EmulatedLink<RelayedDatagram> link, Instant now)
    {
        while (link.TryDeliver(now, _send, out Instant due))
        {
            Lateness.Record(now - due);
        }

        _outbox.Flush();
    }

    private void Send(ReadOnlySpan<byte> datagram, RelayedDatagram relayed, EcnCodepoint ecn)
    {
        RelayClient client = relayed.Client;
        if (!relayed.IsForTarget)
        {
            _options.Tap?.Invoke(_clock.Now, datagram, client.Address, true);
            _outbox.Add(client.Door.Socket, client.Address, datagram, ecn);
        }
        else if (!client.IsForgotten)
        {
            _outbox.Add(client.Socket, client.Door.Target, datagram, ecn);
        }
    }

    private void SendAll(ReadOnlySpan<byte> datagrams, int segmentSize, RelayedDatagram relayed, EcnCodepoint ecn)
    {
        RelayClient client = relayed.Client;
        if (!relayed.IsForTarget)
        {
            _outbox.SendAll(client.Door.Socket, client.Address, datagrams, segmentSize, ecn);
        }
        else if (!client.IsForgotten)
        {
            _outbox.SendAll(client.Socket, client.Door.Target, datagrams, segmentSize, ecn);
        }
    }

    // Says how many calls brought something.
    private int Receive(DatagramSocket socket)
    {
        RelayDoor? door = Array.Find(_doors, d => d.Socket == socket);
        bool fromClient = door is not null;
        RelayClient? known = fromClient ? null : _clients.Find(socket);
        if (!fromClient && known is null)
        {
            // It has just been forgotten, and its socket is gone.
            return 0;
        }

        int batches = 0;
        for (int i = 0; i < TurnLength; i++)
        {
            DatagramReceiveStatus status = socket.TryReceive(_buffer, out DatagramBatch batch);
            if (status == DatagramReceiveStatus.Empty)
            {
                break;
            }

            if (status == DatagramReceiveStatus.Refused)
            {
                continue;
            }

            batches++;
            int segmentSize = Math.Max(1, batch.SegmentSize);
            bool isCircling = fromClient && _clients.IsCircling(batch);
            RelayClient? client = isCircling ? null : fromClient ? _clients.FindOrAdd(door!, batch) : _clients.Meet(known!);
            if (client is null)
            {
                (isCircling ? ref _circling : ref _unreachable) += (batch.Length + segmentSize - 1) / segmentSize;
                continue;
            }

            client.LastSeen = batch.ReceivedAt;
            EmulatedLink<RelayedDatagram> link = fromClient != client.Door.IsReversed ? _up : _down;
            if (_options.Tap is null && link.TryEnterAll(batch.ReceivedAt, ref _buffer, batch.Length, segmentSize, new RelayedDatagram(client, fromClient), batch.Ecn))
            {
                client.Statistics.Count(fromClient, batch.Length, (batch.Length + segmentSize - 1) / segmentSize);
                continue;
            }

            int offset = 0;
            do
            {
                int length = Math.Min(segmentSize, batch.Length - offset);
                ReadOnlySpan<byte> datagram = _buffer.AsSpan(offset, length);
                if (fromClient)
                {
                    _options.Tap?.Invoke(batch.ReceivedAt, datagram, batch.From, false);
                }

                client.Statistics.Count(fromClient, length);
                link.Enter(batch.ReceivedAt, datagram, new RelayedDatagram(client, fromClient), batch.Ecn);
                offset += length;
            }
            while (offset < batch.Length);
        }

        return batches;
    }
}
