namespace NetLab.Host.Commands;

/// <summary>How <c>nlab perf</c> shows what it measured.</summary>
/// <param name="Json">One JSON document.</param>
/// <param name="Stream">A line of JSON a run, for the process that started this one.</param>
/// <param name="Plot">Where to draw it; null for nowhere.</param>
internal sealed record PerfOutput(bool Json, bool Stream, FileInfo? Plot);
