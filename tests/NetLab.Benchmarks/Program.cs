using BenchmarkDotNet.Running;
using NetLab.Benchmarks.Bare;
using NetLab.Benchmarks.BareWire;
using NetLab.Benchmarks.Decoding;
using NetLab.Benchmarks.Forwarding;
using NetLab.Benchmarks.Hostile;
using NetLab.Benchmarks.Idle;
using NetLab.Benchmarks.Indexing;
using NetLab.Benchmarks.Interop;
using NetLab.Benchmarks.Soak;

switch (args)
{
    case ["bare-udp", .. var rest]:
        return BareComparison.Run(rest);
    case ["bare-wire", .. var rest]:
        return BareWireRun.Run(rest);
    case ["decode-race", .. var rest]:
        return DecodeRace.Run(rest);
    case ["forward", .. var rest]:
        return await ForwardComparison.RunAsync(rest).ConfigureAwait(false);
    case ["hostile", .. var rest]:
        return await HostileRun.RunAsync(rest).ConfigureAwait(false);
    case ["hostile-memory", .. var rest]:
        return await MemoryPerConnection.RunAsync(rest).ConfigureAwait(false);
    case ["idle", .. var rest]:
        return await IdleConnections.RunAsync(rest).ConfigureAwait(false);
    case ["index-race", .. var rest]:
        return IndexRace.Run(rest);
    case ["interop", .. var rest]:
        return await InteropRun.RunAsync(rest).ConfigureAwait(false);
    case ["parquet-race", .. var rest]:
        return ParquetRace.Run(rest);
    case ["soak", .. var rest]:
        return await SoakRun.RunAsync(rest).ConfigureAwait(false);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(BareComparison).Assembly).Run(args);
        return 0;
}
