using System.Net;
using NetLab.Host.Settings;
using NetLab.Osi.Captures;
using NetLab.Tcp.Diagnostics;
using NetLab.Tcp.Events;
using NetLab.Tcp.Segments;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Host.Recording;

/// <summary>
/// Writes what a socket sent and received to capture files: as it was, in UDP, and for NetLab's TCP without the UDP header
/// as plain IP/TCP; and what its connections did to a qlog. Safe to be told by several threads.
/// </summary>
internal sealed class LabRecorder : IDisposable
{
    private readonly MonotonicClock _clock = MonotonicClock.Shared;
    private readonly RecordingFile? _asUdp;
    private readonly RecordingFile? _asTcp;
    private readonly OutputFile? _qlogFile;
    private readonly QlogFile? _qlog;

    /// <summary>Opens the files asked for.</summary>
    /// <exception cref="UsageException">One of them cannot be written.</exception>
    public LabRecorder(RecordingOptions options)
    {
        _asUdp = RecordingFile.Open("--pcap", options.AsUdp);
        _asTcp = RecordingFile.Open("--pcap-as-tcp", options.AsTcp);
        Instant now = _clock.Now;
        _qlogFile = options.Qlog is { } file ? OutputFile.Open("--qlog", file.FullName, holdsBack: true) : null;
        _qlog = _qlogFile is null ? null : new QlogFile(_qlogFile, "nlab", now, _clock.ToWallClock(now));
    }

    /// <summary>Who writes down the events of a connection; null if nobody asked for them.</summary>
    public Func<ObservedConnection, IConnectionObserver?>? Observe => _qlog is null ? null : ObserveConnection;

    /// <summary>Adds a place to record at, an interface of the capture.</summary>
    /// <param name="name">Its name there.</param>
    /// <param name="localEndPoint">The socket's own address, asked for at each packet; an unspecified address is taken as the peer's loopback.</param>
    /// <param name="asTcp">Whether this place goes into the TCP form too.</param>
    public DatagramTap AddPlace(string name, Func<IPEndPoint> localEndPoint, bool asTcp = true)
    {
        int? udpInterface = _asUdp?.AddInterface(name, "seen at the socket by nlab");
        int? tcpInterface = asTcp ? _asTcp?.AddInterface(name, "NetLab's TCP without its UDP header, checksums made anew by nlab") : null;
        return (at, datagram, peer, sent) => Record(udpInterface, tcpInterface, localEndPoint(), at, datagram, peer, sent);
    }

    /// <summary>Adds a device to record at, where segments travel in IP packets: both files get them so.</summary>
    /// <param name="name">Its name there.</param>
    /// <param name="addresses">Our addresses.</param>
    public DatagramTap AddDevice(string name, IReadOnlyList<IPAddress> addresses)
    {
        const string Comment = "NetLab's TCP over IP, checksums made anew by nlab";
        (RecordingFile? File, int? Interface)[] files = [(_asUdp, _asUdp?.AddInterface(name, Comment)), (_asTcp, _asTcp?.AddInterface(name, Comment))];
        return (at, segment, peer, sent) =>
        {
            IPEndPoint remote = peer.ToIPEndPoint();
            if (addresses.FirstOrDefault(a => a.AddressFamily == remote.AddressFamily) is not { } own || !SegmentReader.TryRead(segment, out _, out _))
            {
                return;
            }

            var local = new IPEndPoint(own, 0);
            (IPEndPoint from, IPEndPoint to) = sent ? (local, remote) : (remote, local);
            foreach ((RecordingFile? file, int? place) in files)
            {
                file?.Add(place!.Value, _clock.ToWallClock(at), PacketBuilder.Tcp(from, to, segment, sent));
            }
        };
    }

    /// <summary>Finishes the files.</summary>
    public void Dispose()
    {
        _asUdp?.Dispose();
        _asTcp?.Dispose();
        _qlog?.Dispose();
        if (_qlog?.Failure is { } failure)
        {
            Console.Error.WriteLine($"nlab: --qlog: the log is not complete: {failure.Message}");
        }
    }

    private IConnectionObserver ObserveConnection(ObservedConnection connection)
    {
        _qlogFile!.Begin();
        return _qlog!.Observe(connection);
    }

    private void Record(
        int? udpInterface, int? tcpInterface, IPEndPoint local, Instant at, ReadOnlySpan<byte> datagram, DatagramAddress peer, bool sent)
    {
        IPEndPoint remote = peer.ToIPEndPoint();
        local = IPAddress.Any.Equals(local.Address) || IPAddress.IPv6Any.Equals(local.Address)
            ? new IPEndPoint(IPAddress.IsLoopback(remote.Address) ? remote.Address : local.Address, local.Port)
            : local;
        (IPEndPoint from, IPEndPoint to) = sent ? (local, remote) : (remote, local);
        DateTimeOffset time = _clock.ToWallClock(at);
        if (udpInterface is { } udp)
        {
            _asUdp!.Add(udp, time, PacketBuilder.Udp(from, to, datagram, sent));
        }

        // A damaged segment was dropped unseen by whoever got it; with its checksum made anew it would look good.
        if (tcpInterface is { } tcp && SegmentReader.TryRead(datagram, out _, out _))
        {
            _asTcp!.Add(tcp, time, PacketBuilder.Tcp(from, to, datagram, sent));
        }
    }
}
