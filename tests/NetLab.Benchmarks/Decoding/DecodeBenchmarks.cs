using BenchmarkDotNet.Attributes;
using NetLab.Osi.Captures;
using NetLab.Osi.Decoding;
using NetLab.Osi.Protocols;
using NetLab.Osi.Rendering;

namespace NetLab.Benchmarks.Decoding;

/// <summary>What one packet costs: decoded, and decoded and written as JSON.</summary>
[MemoryDiagnoser]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls Cleanup.")]
public class DecodeBenchmarks
{
    private readonly CaptureInterface _source = new(1, 0);
    private readonly PacketDecoder _decoder = new();
    private readonly DecodedPacket _decoded = new();
    private JsonLines? _json;
    private byte[] _frame = [];

    [GlobalSetup]
    public void Setup()
    {
        var from = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 40_000);
        var to = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 61_000);
        _json = new JsonLines(Stream.Null);
        _frame = PacketBuilder.Udp(from, to, new byte[1400], sent: true);
    }

    [GlobalCleanup]
    public void Cleanup() => _json?.Dispose();

    [Benchmark(Baseline = true)]
    public int Decode()
    {
        _decoder.Decode(Packet(), _decoded);
        return _decoded.Entries.Length;
    }

    [Benchmark]
    public void DecodeAndWriteJson()
    {
        CapturedPacket packet = Packet();
        _decoder.Decode(packet, _decoded);
        _json!.Begin(_decoded);
        PacketDecoder.Describe(packet.Bytes, _decoded, _json);
        _json.End(_decoded);
    }

    private CapturedPacket Packet() => new(1, _source, 0, _frame.Length, _frame);
}
