using BenchmarkDotNet.Attributes;
using NetLab.Tcp.Simulation;
using NetLab.Udp.Links;

namespace NetLab.Benchmarks;

/// <summary>How fast virtual time passes: a megabyte between two machines.</summary>
[MemoryDiagnoser]
public class SimulationBenchmarks
{
    private readonly byte[] _bytes = new byte[1 << 20];

    [Params("delay=10ms", "delay=10ms,loss=2%")]
    public string Link { get; set; } = "";

    [Benchmark]
    public int Megabyte()
    {
        if (!LinkDescription.TryParse(Link, out LinkDescription link, out string? error))
        {
            throw new InvalidOperationException(error);
        }

        var pair = new SimulatedPair(link, 1);
        pair.Client.Write(_bytes);
        pair.Client.Do(c => c.ShutdownSend());
        pair.Run(() => pair.Server is { IsEndOfStream: true }, TimeSpan.FromMinutes(10));
        return pair.Server!.Received.Count;
    }
}
