using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Measurement.Datagrams;

/// <summary>One of the measurements that a server of datagrams has under way.</summary>
internal interface IDatagramSession
{
    /// <summary>Its number, drawn by the client.</summary>
    ulong Id { get; }

    /// <summary>The client.</summary>
    DatagramAddress From { get; }

    /// <summary>Flows it has.</summary>
    int Streams { get; }

    /// <summary>When the client was last heard.</summary>
    Instant LastHeard { get; set; }

    /// <summary>Whether the client has all that it wanted.</summary>
    bool IsOver { get; set; }
}
