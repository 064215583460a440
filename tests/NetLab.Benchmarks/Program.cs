using BenchmarkDotNet.Running;
using NetLab.Benchmarks.Bare;
using NetLab.Benchmarks.Decoding;

switch (args)
{
    case ["bare-udp", .. var rest]:
        return BareComparison.Run(rest);
    case ["decode-race", .. var rest]:
        return DecodeRace.Run(rest);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
