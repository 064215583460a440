namespace NetLab.Tcp.Simulation.Drill.Settings;

/// <summary>The system whose defaults and system calls a script was written for.</summary>
public enum DrillSystem
{
    /// <summary>Linux: windows counted in segments, acknowledgments delayed by 40 ms, TIME-WAIT of 60 s.</summary>
    Linux,

    /// <summary>FreeBSD: windows counted in bytes, no quick acknowledgments at the start, a least RTO of 230 ms.</summary>
    FreeBsd,
}
