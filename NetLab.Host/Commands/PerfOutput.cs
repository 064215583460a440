namespace NetLab.Host.Commands;

/// <summary>How a measurement is shown.</summary>
/// <param name="Json">As one JSON document.</param>
/// <param name="Iperf3">As iperf3 writes the one run there is.</param>
/// <param name="Stream">As lines of JSON, for the process that started this one.</param>
/// <param name="Plot">Where to draw the throughput; null for nowhere.</param>
/// <param name="Save">Where to keep it; null for nowhere.</param>
/// <param name="Words">The command line.</param>
internal sealed record PerfOutput(bool Json, bool Iperf3, bool Stream, FileInfo? Plot, FileInfo? Save, IReadOnlyList<string> Words);
