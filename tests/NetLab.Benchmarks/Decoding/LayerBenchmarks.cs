using System.Net;
using BenchmarkDotNet.Attributes;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Benchmarks.Decoding;

/// <summary>What the layers cost: the same decoder on packets that end at one after the other, decoded alone and written as JSON.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls Cleanup.")]
public class LayerBenchmarks
{
    private static readonly IPEndPoint From = new(IPAddress.Parse("192.0.2.1"), 40_000);
    private static readonly IPEndPoint To = new(IPAddress.Parse("198.51.100.2"), 40_001);

    private readonly CaptureInterface _source = new(1, 0);
    private readonly PacketDecoder _decoder = new();
    private readonly DecodedPacket _decoded = new();
    private readonly JsonLines _json = new(Stream.Null);
    private byte[] _frame = [];

    /// <summary>The innermost protocol of the packet.</summary>
    [Params("arp", "udp", "dns", "tcp", "tcp-data")]
    public string Packet { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _frame = Packet switch
    {
        "arp" => [.. new byte[12], 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1, .. new byte[20]],
        "udp" => PacketBuilder.Udp(From, To, new byte[1400], sent: true),
        "dns" => PacketBuilder.Udp(From, new IPEndPoint(To.Address, 53), [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, .. "www"u8, 7, .. "example"u8, 3, .. "com"u8, 0, 0, 1, 0, 1], sent: true),
        "tcp" => PacketBuilder.Tcp(From, To, Segment(0), sent: true),
        _ => PacketBuilder.Tcp(From, To, Segment(1400), sent: true),
    };

    [GlobalCleanup]
    public void Cleanup() => _json.Dispose();

    [Benchmark(Baseline = true)]
    public int Decode()
    {
        _decoder.Decode(new CapturedPacket(1, _source, 0, _frame.Length, _frame), _decoded);
        return _decoded.Entries.Length;
    }

    [Benchmark]
    public void DecodeAndWriteJson()
    {
        Decode();
        _json.Begin(_decoded);
        PacketDecoder.Describe(_frame, _decoded, _json);
        _json.End(_decoded);
    }

    private static byte[] Segment(int payload) =>
        [0x9C, 0x40, 0x9C, 0x41, 0, 0, 0, 1, 0, 0, 0, 1, 0x80, 0x10, 0xFF, 0xFF, 0, 0, 0, 0, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1, .. new byte[payload]];
}
