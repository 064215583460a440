using BenchmarkDotNet.Running;
using NetLab.Benchmarks.Bare;

if (args is ["bare-udp", .. var rest])
{
    return BareComparison.Run(rest);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
