using NetLab.Host.Measurement.Reports;

namespace NetLab.Host.Measurement;

/// <summary>Where a comparison shows how far it is.</summary>
internal interface IPerfBoard
{
    /// <summary>A run begins.</summary>
    void Begin(string transport, int round);

    /// <summary>A piece of it is complete.</summary>
    void Interval(PerfInterval interval);

    /// <summary>It is over.</summary>
    void End(PerfRun run);
}
