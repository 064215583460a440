using System.Net;
using System.Net.Sockets;
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
    // How many datagrams one socket may hand over before the others and the timers get a turn.
    private const int TurnLength = 64;

    private readonly LinkRelayOptions _options;
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly DatagramPoller _poller = new();
    private readonly DatagramSocket _listener;
    private readonly DatagramAddress _target;
    private readonly EmulatedLink<RelayClient> _up;
    private readonly EmulatedLink<RelayClient> _down;
    private readonly Dictionary<DatagramAddress, RelayClient> _byAddress = [];
    private readonly Dictionary<DatagramSocket, RelayClient> _bySocket = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramSocket.MaxDatagramSize + 1);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private Instant _nextSweep;
    private volatile bool _stopping;

    /// <summary>Binds the relay; it passes nothing before <see cref="Start"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address to listen on is taken or not this machine's.</exception>
    public LinkRelay(LinkRelayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        (LinkModel up, LinkModel down) = options.Link.CreateModels(options.Seed, options.Match);
        _up = new EmulatedLink<RelayClient>(up, options.MaxBytesOnLink);
        _down = new EmulatedLink<RelayClient>(down, options.MaxBytesOnLink);
        _target = DatagramAddress.From(options.Target);
        _listener = DatagramSocket.Bind(options.Listen);
        _poller.Add(_listener);
        _thread = new Thread(Run) { IsBackground = true, Name = "link relay" };
    }

    /// <summary>Where clients send to.</summary>
    public IPEndPoint LocalEndPoint => _listener.LocalEndPoint;

    /// <summary>What the link has done to datagrams from clients to the target.</summary>
    public LinkStatistics Up => _up.Statistics;

    /// <summary>What the link has done to datagrams from the target to clients.</summary>
    public LinkStatistics Down => _down.Statistics;

    /// <summary>Datagrams the system would not take when they were due: its buffer was full or nobody was there.</summary>
    public long SendFailures { get; private set; }

    /// <summary>Clients known now.</summary>
    public int Clients => _byAddress.Count;

    /// <summary>Completes when the relay has stopped; fails if it stopped by an error of its own.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Begins to pass datagrams, on a thread of its own.</summary>
    public void Start() => _thread.Start();

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

        foreach (DatagramSocket socket in _bySocket.Keys)
        {
            socket.Dispose();
        }

        _listener.Dispose();
        _poller.Dispose();
    }

    private void Run()
    {
        try
        {
            var readable = new List<DatagramSocket>();
            while (!_stopping)
            {
                Instant now = _clock.Now;
                Deliver(now);
                ForgetIdle(now);
                Instant next = Instant.Min(Instant.Min(_up.NextDelivery, _down.NextDelivery), _nextSweep);
                TimeSpan wait = next == Instant.Never ? Timeout.InfiniteTimeSpan : Max(TimeSpan.Zero, next - _clock.Now);
                _poller.Wait(wait, readable);
                foreach (DatagramSocket socket in readable)
                {
                    Receive(socket);
                }
            }

            _completion.TrySetResult();
        }
        catch (Exception error)
        {
            // The thread's only way to tell anyone; whoever runs the relay awaits Completion.
            _completion.TrySetException(error);
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private void Deliver(Instant now)
    {
        while (_up.TryDeliver(now, SendToTarget))
        {
        }

        while (_down.TryDeliver(now, SendToClient))
        {
        }
    }

    private void SendToTarget(ReadOnlySpan<byte> datagram, RelayClient client)
    {
        // A client may have been forgotten while its datagram was on the link.
        if (_bySocket.ContainsKey(client.Socket))
        {
            CountFailure(client.Socket.TrySend(datagram, Math.Max(1, datagram.Length), _target, out _));
        }
    }

    private void SendToClient(ReadOnlySpan<byte> datagram, RelayClient client)
    {
        _options.Tap?.Invoke(_clock.Now, datagram, client.Address, true);
        CountFailure(_listener.TrySend(datagram, Math.Max(1, datagram.Length), client.Address, out _));
    }

    private void CountFailure(DatagramSendStatus status) => SendFailures += status == DatagramSendStatus.Sent ? 0 : 1;

    private void Receive(DatagramSocket socket)
    {
        bool fromClient = socket == _listener;
        RelayClient? known = null;
        if (!fromClient && !_bySocket.TryGetValue(socket, out known))
        {
            return;
        }

        for (int i = 0; i < TurnLength; i++)
        {
            DatagramReceiveStatus status = socket.TryReceive(_buffer, out DatagramBatch batch);
            if (status == DatagramReceiveStatus.Empty)
            {
                return;
            }

            if (status == DatagramReceiveStatus.Refused)
            {
                continue;
            }

            if ((known ?? FindOrAdd(batch.From, batch.ReceivedAt)) is not { } client)
            {
                SendFailures++;
                continue;
            }

            client.LastSeen = batch.ReceivedAt;
            EmulatedLink<RelayClient> link = fromClient ? _up : _down;
            int offset = 0;
            do
            {
                int length = Math.Min(batch.SegmentSize, batch.Length - offset);
                ReadOnlySpan<byte> datagram = _buffer.AsSpan(offset, length);
                if (fromClient)
                {
                    _options.Tap?.Invoke(batch.ReceivedAt, datagram, batch.From, false);
                }

                link.Enter(batch.ReceivedAt, datagram, client);
                offset += length;
            }
            while (offset < batch.Length);
        }
    }

    // Null for whom there can be no socket: too many files are open, or there is no way to the target now.
    private RelayClient? FindOrAdd(DatagramAddress address, Instant now)
    {
        if (_byAddress.TryGetValue(address, out RelayClient? client))
        {
            return client;
        }

        if (_byAddress.Count >= _options.MaxClients)
        {
            Forget(_byAddress.Values.MinBy(c => c.LastSeen)!);
        }

        var any = new IPEndPoint(
            _target.IsIPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
        DatagramSocket upstream;
        try
        {
            upstream = DatagramSocket.Bind(any, new DatagramSocketOptions { Remote = _options.Target });
        }
        catch (SocketException)
        {
            return null;
        }

        client = new RelayClient(address, upstream) { LastSeen = now };
        _byAddress.Add(address, client);
        _bySocket.Add(client.Socket, client);
        _poller.Add(client.Socket);
        _nextSweep = _byAddress.Count == 1 ? now + _options.IdleTimeout : _nextSweep;
        return client;
    }

    private void ForgetIdle(Instant now)
    {
        if (_byAddress.Count == 0)
        {
            _nextSweep = Instant.Never;
            return;
        }

        if (now < _nextSweep)
        {
            return;
        }

        foreach (RelayClient client in _byAddress.Values.Where(c => now - c.LastSeen >= _options.IdleTimeout).ToList())
        {
            Forget(client);
        }

        // A quarter of the time-out is as exact as forgetting needs to be.
        _nextSweep = _byAddress.Count == 0 ? Instant.Never : now + (_options.IdleTimeout / 4);
    }

    private void Forget(RelayClient client)
    {
        _byAddress.Remove(client.Address);
        _bySocket.Remove(client.Socket);
        _poller.Remove(client.Socket);
        client.Socket.Dispose();
    }

    private sealed class RelayClient(DatagramAddress address, DatagramSocket socket)
    {
        public DatagramAddress Address { get; } = address;

        public DatagramSocket Socket { get; } = socket;

        public Instant LastSeen { get; set; }
    }
}
