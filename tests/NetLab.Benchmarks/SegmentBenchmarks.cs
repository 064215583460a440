using BenchmarkDotNet.Attributes;
using NetLab.Tcp.Segments;

namespace NetLab.Benchmarks;

/// <summary>What one segment costs on the wire's side: checksum, reading, writing.</summary>
[MemoryDiagnoser]
public class SegmentBenchmarks
{
    private readonly byte[] _segment = new byte[1420];
    private SegmentHeader _header;

    [GlobalSetup]
    public void Setup()
    {
        _header = new SegmentHeader
        {
            Flags = SegmentFlags.Ack,
            Options = new SegmentOptions { Timestamps = new SegmentTimestamps(1, 2) },
        };
        SegmentWriter.Write(_segment, _header);
    }

    [Benchmark]
    public ushort Checksum() => InternetChecksum.OfSegment(_segment);

    [Benchmark]
    public bool Read() => SegmentReader.TryRead(_segment, out _, out _);

    [Benchmark]
    public void Write() => SegmentWriter.Write(_segment, _header);
}
