using NetLab.Osi.Application;

namespace NetLab.Osi.Session;

/// <summary>A TCP connection of a capture, both directions reassembled.</summary>
public sealed class TcpStream
{
    internal TcpStream(int number, TcpStreamEnd client, TcpStreamEnd server)
    {
        Number = number;
        Client = client;
        Server = server;
    }

    /// <summary>Its number, from 0 in the order of first packets.</summary>
    public int Number { get; }

    /// <summary>The end that opened it: sender of the SYN, else receiver of the SYN_ACK, else sender of the first packet.</summary>
    public TcpStreamEnd Client { get; }

    /// <summary>The other end.</summary>
    public TcpStreamEnd Server { get; }

    /// <summary>Where it stands.</summary>
    public TcpSessionState State { get; internal set; }

    /// <summary>Bytes from client to server.</summary>
    public TcpStreamDirection ClientToServer { get; } = new();

    /// <summary>Bytes from server to client.</summary>
    public TcpStreamDirection ServerToClient { get; } = new();

    /// <summary>Protocols of layers 6 and 7 that were recognized.</summary>
    public IReadOnlyCollection<string> Applications => ApplicationSet;

    internal SortedSet<string> ApplicationSet { get; } = new(StringComparer.Ordinal);

    internal uint? OpeningSequence { get; set; }

    internal bool ClientIsLow { get; set; }

    internal long? SynTime { get; set; }

    internal StreamApplication? Application { get; set; }
}
