using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Session;

/// <summary>A TCP connection of a capture, both directions reassembled.</summary>
public sealed class TcpStream
{
    // Few: a stream speaks one or two.
    private readonly List<Protocol> _applications = new(2);

    internal TcpStream(int number, in FlowKey key, TcpStreamEnd client, TcpStreamEnd server)
    {
        Number = number;
        Key = key;
        Client = client;
        Server = server;
    }

    /// <summary>Its number, from 0 in the order of first packets.</summary>
    public int Number { get; }

    /// <summary>The end that opened it: sender of the SYN, else receiver of the SYN_ACK, else sender of the first packet.</summary>
    public TcpStreamEnd Client { get; private set; }

    /// <summary>The other end.</summary>
    public TcpStreamEnd Server { get; private set; }

    /// <summary>Where it stands.</summary>
    public TcpSessionState State { get; internal set; }

    /// <summary>Bytes from client to server.</summary>
    public TcpStreamDirection ClientToServer { get; private set; } = new();

    /// <summary>Bytes from server to client.</summary>
    public TcpStreamDirection ServerToClient { get; private set; } = new();

    /// <summary>Protocols of layers 6 and 7 that were recognized, by name.</summary>
    public IEnumerable<string> Applications => _applications.Where(p => p.Layer >= OsiLayer.Session).Select(p => p.Name).Order(StringComparer.Ordinal);

    /// <summary>What its segments have in common.</summary>
    internal FlowKey Key { get; }

    internal ClientWitness Witness { get; set; }

    internal bool ClientIsLow { get; set; }

    internal long? SynTime { get; set; }

    internal long? LastSynTime { get; set; }

    /// <summary>The handshake's round trip in nanoseconds, if it was seen.</summary>
    internal long? RoundTrip { get; set; }

    internal StreamApplication? Application { get; set; }

    internal long LastTime { get; set; }

    /// <summary>Bytes it holds of <see cref="StreamMemory"/>.</summary>
    internal long Held { get; set; }

    internal void Recognize(Protocol protocol)
    {
        if (!_applications.Contains(protocol))
        {
            _applications.Add(protocol);
        }
    }

    /// <summary>A better witness says that it is the other end that opened it.</summary>
    internal void Swap()
    {
        (Client, Server) = (Server, Client);
        (ClientToServer, ServerToClient) = (ServerToClient, ClientToServer);
        ClientIsLow = !ClientIsLow;
        Application?.Swap();
    }

    /// <summary>Gives up what is held back: what waits behind holes, and messages that are not complete.</summary>
    internal void GiveUp()
    {
        ClientToServer.GiveUp();
        ServerToClient.GiveUp();
        Application?.GiveUp();
    }

    /// <summary>Keeps the sums and lets go of everything that was needed to go on.</summary>
    internal void Retire(HashPool pool, SegmentRoom room)
    {
        Application?.Clear();
        Application = null;
        ClientToServer.Retire(pool, room);
        ServerToClient.Retire(pool, room);
    }
}
