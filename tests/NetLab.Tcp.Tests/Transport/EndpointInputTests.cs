using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NetLab.Tcp.Carriers;
using NetLab.Tcp.Endpoints;
using NetLab.Tcp.Events;
using NetLab.Tcp.Options;
using NetLab.Tcp.Simulation;
using NetLab.Tcp.Transport;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Tcp.Tests.Transport;

/// <summary>
/// What the socket has goes to the machines once and in its order, a turn at a time; a turn ends; the loop goes on asking only while datagrams
/// come quickly.
/// </summary>
public sealed class EndpointInputTests : IDisposable
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    // A port of a loopback address that nobody else uses.
    private static readonly IPEndPoint Nobody = new(new IPAddress([127, 83, (byte)Random.Shared.Next(1, 255), (byte)Random.Shared.Next(1, 255)]), 1);

    private readonly Demultiplexer _demultiplexer = new(new EndpointSecrets(1, 2));
    private readonly List<byte[]> _shown = [];
    private readonly ManualTime _time = new();
    private readonly Socket _peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private DatagramSocket? _socket;
    private UdpCarrier? _carrier;

    /// <inheritdoc/>
    public void Dispose()
    {
        _peer.Dispose();
        _carrier?.EndWaits();
        _carrier?.Dispose();
    }

    [Fact]
    public void Every_datagram_is_taken_once_and_in_order_over_as_many_turns_as_it_takes()
    {
        EndpointInput input = Open(new TcpEndpointOptions());
        byte[][] sent = [.. Enumerable.Range(0, 40).Select(i => new byte[] { (byte)i, 1, 2 })];
        foreach (byte[] datagram in sent)
        {
            _peer.SendTo(datagram, _socket!.LocalEndPoint);
        }

        int turns = 0;
        while (_shown.Count < sent.Length)
        {
            Wait();
            input.Receive();
            turns++;
        }

        Assert.Equal(sent, _shown);
        Assert.InRange(turns, 1, sent.Length);
        Assert.False(input.Receive());
        Assert.Equal(sent.Length, _shown.Count);

        // None of them was a segment.
        Assert.Equal(sent.Length, _demultiplexer.Statistics.Malformed);
    }

    /// <summary>RFC 1122, 4.2.3.9: before the handshake, a system that says that nobody listens has answered.</summary>
    [Fact]
    public void A_refusal_ends_a_connection_that_is_being_opened()
    {
        EndpointInput input = Open(new TcpEndpointOptions { Remote = Nobody });
        var stream = new SimulatedStream();
        _demultiplexer.Open(_time.Clock.Now, DatagramAddress.From(Nobody), new ConnectionOptions(), stream);
        new EndpointOutput(_carrier!, _demultiplexer, new GuardedTap(null, NullLogger.Instance, _socket!.LocalEndPoint), _time.Clock).Transmit();
        Wait();
        input.Receive();
        Assert.Equal(CloseReason.Refused, stream.CloseReason);
    }

    [Fact]
    public void It_goes_on_asking_only_while_datagrams_come_quickly_and_only_if_it_may()
    {
        EndpointInput input = Open(new TcpEndpointOptions { BusyPoll = TimeSpan.FromMicroseconds(100) });
        Assert.False(input.KeepsLooking());
        Take(input);

        // One that took long says nothing of the next.
        Assert.False(input.KeepsLooking());
        _time.Advance(TimeSpan.FromMicroseconds(50));
        Take(input);
        Assert.True(input.KeepsLooking());
        _time.Advance(TimeSpan.FromMicroseconds(100));
        Assert.False(input.KeepsLooking());
        Take(input);
        Assert.False(input.KeepsLooking());
    }

    [Fact]
    public void One_that_may_not_never_does()
    {
        EndpointInput input = Open(new TcpEndpointOptions());
        Take(input);
        Take(input);
        Assert.False(input.KeepsLooking());
    }

    private EndpointInput Open(TcpEndpointOptions options)
    {
        _socket = DatagramSocket.Bind(Anywhere, options.Socket with { Remote = options.Remote });
        _carrier = new UdpCarrier(_socket, options.Remote);
        var tap = new GuardedTap((_, datagram, _, _) => _shown.Add(datagram.ToArray()), NullLogger.Instance, _socket.LocalEndPoint);
        return new EndpointInput(_carrier, _demultiplexer, tap, _time.Clock, options);
    }

    private void Take(EndpointInput input)
    {
        int before = _shown.Count;
        _peer.SendTo(new byte[3], _socket!.LocalEndPoint);
        Wait();
        input.Receive();
        Assert.Equal(before + 1, _shown.Count);
    }

    private void Wait()
    {
        using var poller = new DatagramPoller();
        poller.Add(_socket!);
        var readable = new List<DatagramSocket>();
        poller.Wait(Patience, readable);
        Assert.Single(readable);
    }

    // Time that passes only when told to.
    private sealed class ManualTime : TimeProvider
    {
        private long _now = TimeSpan.TicksPerHour;

        public ManualTime() => Clock = new MonotonicClock(this);

        public MonotonicClock Clock { get; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }
}
