using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using NetLab.Udp.Counters;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Udp.Links;

/// <summary>
/// The clients of a relay, each with a socket of its own towards the target: who they are, who has to make room for whom, and who has been
/// silent for too long. For the relay's thread, but for <see cref="Count"/> and <see cref="Statistics"/>.
/// </summary>
internal sealed class RelayClients(int capacity, TimeSpan idleTimeout, Tally<DatagramSocketStatistics> counts, DatagramPoller poller) : IDisposable
{
    // Each relay takes so much off the time to live of what it passes on: a chain of 16 passes what left its sender with the
    // usual 64, and a circle of relays falls silent after as many. A client costs a socket, so a circle costs as many of those.
    private const int HopCost = 4;

    // So much may wait in a client's own socket; with the most clients, and Linux's doubling, it is a gigabyte of the kernel's memory at worst.
    private const int BufferSize = 1 << 20;

    private readonly PeerTable<(int Door, DatagramAddress Address), RelayClient> _clients = new(capacity);
    private readonly Dictionary<DatagramSocket, RelayClient> _bySocket = [];
    private readonly HashSet<DatagramAddress> _own = [];
    private readonly ConcurrentDictionary<RelayClientStatistics, bool> _statistics = [];

    /// <summary>Clients known now.</summary>
    public int Count => _clients.Count;

    /// <summary>What was received from and delivered to each of them.</summary>
    public IReadOnlyList<RelayClientStatistics> Statistics => [.. _statistics.Keys];

    /// <summary>When <see cref="ForgetIdle"/> has something to do; <see cref="Instant.Never"/> without clients.</summary>
    public Instant NextSweep { get; private set; } = Instant.Never;

    /// <summary>Whose socket it is; null for one that has been forgotten.</summary>
    public RelayClient? Find(DatagramSocket socket) => _bySocket.GetValueOrDefault(socket);

    /// <summary>Notes that the target has answered a client, which tells one that is somebody from one that only claims to be.</summary>
    public RelayClient Meet(RelayClient client)
    {
        _clients.TryMeet((client.Door.Index, client.Address), out _);
        return client;
    }

    /// <summary>
    /// Whether a batch goes in a circle. A relay that is its own target is a client of itself, by one of its own sockets; in a circle of
    /// several the hop limit tells.
    /// </summary>
    public bool IsCircling(in DatagramBatch batch)
    {
        if (batch.HopLimit <= HopCost)
        {
            return true;
        }

        // A socket that is connected has one address and no other: a client on another address may have the same port.
        return _own.Contains(batch.From);
    }

    /// <summary>The client that a batch is from. Null for whom there can be no socket: too many files are open, or there is no way to the target now.</summary>
    public RelayClient? FindOrAdd(RelayDoor door, in DatagramBatch batch)
    {
        (DatagramAddress address, Instant now) = (batch.From, batch.ReceivedAt);
        if (_clients.TryMeet((door.Index, address), out RelayClient? client))
        {
            return client;
        }

        var any = new IPEndPoint(door.Target.IsIPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
        DatagramSocket upstream;
        try
        {
            upstream = DatagramSocket.Bind(any, new DatagramSocketOptions { Remote = door.Target.ToIPEndPoint(), ReceiveBufferSize = BufferSize, Counts = counts });
        }
        catch (SocketException)
        {
            return null;
        }

        if (batch.HopLimit is { } hops)
        {
            upstream.HopLimit = (byte)(hops - HopCost);
        }

        client = new RelayClient(door, address, upstream) { LastSeen = now };
        if (_clients.Add((door.Index, address), client, out RelayClient? displaced))
        {
            Close(displaced);
        }

        _bySocket.Add(client.Socket, client);
        _own.Add(DatagramAddress.From(upstream.LocalEndPoint));
        _statistics.TryAdd(client.Statistics, true);
        poller.Add(client.Socket);
        NextSweep = Instant.Min(NextSweep, now + idleTimeout);
        return client;
    }

    /// <summary>Forgets those that have been silent for too long.</summary>
    public void ForgetIdle(Instant now)
    {
        if (now < NextSweep)
        {
            return;
        }

        foreach (((int Door, DatagramAddress Address) key, RelayClient client) in _clients.All.Where(c => now - c.Value.LastSeen >= idleTimeout).ToList())
        {
            _clients.Remove(key);
            Close(client);
        }

        // A quarter of the time-out is as exact as forgetting needs to be.
        NextSweep = _clients.Count == 0 ? Instant.Never : now + (idleTimeout / 4);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DatagramSocket socket in _bySocket.Keys)
        {
            socket.Dispose();
        }
    }

    private void Close(RelayClient client)
    {
        client.IsForgotten = true;
        _bySocket.Remove(client.Socket);
        _own.Remove(DatagramAddress.From(client.Socket.LocalEndPoint));
        _statistics.TryRemove(client.Statistics, out _);
        poller.Remove(client.Socket);
        client.Socket.Dispose();
    }
}
