using System.Net;
using BenchmarkDotNet.Attributes;
using NetLab.Udp.Flows;
using NetLab.Udp.Links;
using NetLab.Udp.Sockets;
using NetLab.Udp.Time;

namespace NetLab.Benchmarks;

/// <summary>What datagrams cost on the floor, and that none of them allocates: a batch out and in, and a datagram over a link.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls Cleanup.")]
public class DatagramBenchmarks
{
    private readonly byte[] _payload = GC.AllocateArray<byte>(1368, pinned: true);
    private readonly EmulatedLink<int> _link = new(new LinkModel(new LinkDirection { Delay = TimeSpan.FromMilliseconds(1), Loss = 0.02, Reorder = 0.03 }, 1));
    private readonly LinkDelivery<int> _deliver = static (_, _, _) => { };
    private readonly FlowStatistics _statistics = new();
    private DatagramSocket? _receiver;
    private DatagramSocket? _sender;
    private DatagramSource? _source;
    private DatagramSink? _sink;
    private ProbeBatch? _probes;
    private byte[] _datagram = [];
    private long _now;
    private ulong _sequence;

    [GlobalSetup]
    public void Setup()
    {
        _receiver = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _sender = DatagramSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new DatagramSocketOptions { Remote = _receiver.LocalEndPoint });
        _source = new DatagramSource(_sender, DatagramAddress.From(_receiver.LocalEndPoint), 1);
        _sink = new DatagramSink();
        _probes = new ProbeBatch(1400);
        _datagram = new byte[1400];
        new ProbeHeader(1, 0, 0, 0, 1368).Write(_datagram, ProbeHeader.SumOf(_datagram.AsSpan(ProbeHeader.Size)));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _sender?.Dispose();
        _receiver?.Dispose();
    }

    /// <summary>46 datagrams of 1400 bytes, sent and received.</summary>
    [Benchmark]
    public int Train()
    {
        _source!.TrySend(_probes!, int.MaxValue);
        return _sink!.Receive(_receiver!);
    }

    /// <summary>One datagram whose header and payload are gathered.</summary>
    [Benchmark]
    public int Lone()
    {
        _source!.TrySend(_payload);
        return _sink!.Receive(_receiver!);
    }

    [Benchmark]
    public bool ReadHeader() => ProbeHeader.TryRead(_datagram, out _);

    [Benchmark]
    public bool Count() => _statistics.Count(new ProbeHeader(1, _sequence++, 0, MonotonicClock.Id, 1368), new Instant(_now += 10));

    /// <summary>A datagram onto a link of 1 ms that holds a thousand, and one off it.</summary>
    [Benchmark]
    public bool Link()
    {
        _now += 10;
        _link.Enter(new Instant(_now), _datagram, 0);
        return _link.TryDeliver(new Instant(_now), _deliver);
    }
}
