using System.Net;
using NetLab.Udp.Sockets;

namespace NetLab.Udp.Links;

/// <summary>What came from and for one client of a relay. Written by the relay's thread; may be read by any.</summary>
public sealed class RelayClientStatistics
{
    private readonly DatagramAddress _client;
    private long _upDatagrams;
    private long _upBytes;
    private long _downDatagrams;
    private long _downBytes;

    internal RelayClientStatistics(DatagramAddress client) => _client = client;

    /// <summary>The client's address and port.</summary>
    public IPEndPoint Client => _client.ToIPEndPoint();

    /// <summary>Datagrams from the client that entered the link.</summary>
    public long UpDatagrams => Volatile.Read(ref _upDatagrams);

    /// <summary>Their bytes, without headers.</summary>
    public long UpBytes => Volatile.Read(ref _upBytes);

    /// <summary>Datagrams from the target for the client that entered the link.</summary>
    public long DownDatagrams => Volatile.Read(ref _downDatagrams);

    /// <summary>Their bytes, without headers.</summary>
    public long DownBytes => Volatile.Read(ref _downBytes);

    internal void Count(bool up, int bytes, int datagrams = 1)
    {
        // One thread writes: a plain addition, seen whole by those who read.
        if (up)
        {
            Volatile.Write(ref _upDatagrams, _upDatagrams + datagrams);
            Volatile.Write(ref _upBytes, _upBytes + bytes);
        }
        else
        {
            Volatile.Write(ref _downDatagrams, _downDatagrams + datagrams);
            Volatile.Write(ref _downBytes, _downBytes + bytes);
        }
    }
}
