namespace NetLab.Host.Measurement.Reports;

/// <summary>How busy this process kept the processors, from one moment to another.</summary>
internal sealed class ProcessorTime
{
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _startedAt;
    private readonly TimeSpan _usedAtStart = Used();

    public ProcessorTime() => _startedAt = _time.GetTimestamp();

    /// <summary>Percent of one processor since the start; two busy processors are 200, as iperf3 counts.</summary>
    public double Percent => 100 * Spent / Math.Max(1e-9, _time.GetElapsedTime(_startedAt).TotalSeconds);

    /// <summary>Seconds of processor time since the start.</summary>
    public double Spent => (Used() - _usedAtStart).TotalSeconds;

    // Every system .NET's desktop runtime runs on answers; the attribute excludes the browser and phones.
#pragma warning disable CA1416
    private static TimeSpan Used() => Environment.CpuUsage.TotalTime;
#pragma warning restore CA1416
}
