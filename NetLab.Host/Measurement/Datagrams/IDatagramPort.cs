using System.Net;
using NetLab.Udp.Flows;
using NetLab.Udp.Sockets;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>A way to send and receive datagrams that is measured: NetLab's, or the system's as it is.</summary>
internal interface IDatagramPort : IDisposable
{
    /// <summary>Where it is bound.</summary>
    IPEndPoint LocalEndPoint { get; }

    /// <summary>Drops in the receive buffer so far; null where the system does not say.</summary>
    uint? BufferDrops { get; }

    /// <summary>Whether each drop is one datagram, as where nothing is coalesced; else each is up to 64, and batches tell where.</summary>
    bool DropsAreDatagrams { get; }

    /// <summary>Sends one datagram; a full buffer loses it.</summary>
    void Send(ReadOnlyMemory<byte> datagram, in DatagramAddress to);

    /// <summary>A flow of generated datagrams to a peer.</summary>
    /// <param name="flow">Its number.</param>
    /// <param name="to">The peer.</param>
    /// <param name="datagramSize">Bytes a datagram, header counted.</param>
    /// <param name="bitsPerSecond">Its rate, or 0 for flat out.</param>
    IProbeFlow Open(uint flow, in DatagramAddress to, int datagramSize, long bitsPerSecond);

    /// <summary>Gives what is waiting, or comes within a while, to a sink.</summary>
    /// <param name="sink">Takes it.</param>
    /// <param name="patience">How long to wait for the first.</param>
    void Receive(DatagramSink sink, TimeSpan patience);

    /// <summary>The same, but gives them as soon as there are any: for who has to answer.</summary>
    /// <param name="sink">Takes it.</param>
    /// <param name="patience">How long to wait for the first.</param>
    void ReceiveNext(DatagramSink sink, TimeSpan patience);
}

/// <summary>A flow of generated datagrams.</summary>
internal interface IProbeFlow
{
    /// <summary>Datagrams sent.</summary>
    long Sent { get; }

    /// <summary>How long until the rate allows as many as go together; zero when it does now.</summary>
    TimeSpan Wait { get; }

    /// <summary>Sends as many as go together, whatever the rate says, and waits for nothing.</summary>
    /// <param name="most">How many at most.</param>
    /// <returns>False when the send buffer is full.</returns>
    bool TrySend(int most);

    /// <summary>Sends some, as many as go together, when the rate allows; waits a while for room if there is none.</summary>
    /// <param name="most">How many at most.</param>
    void Send(int most);
}
