using System.Text.Json;

namespace NetLab.Host.Measurement.Reports;

/// <summary>A measurement as it is told.</summary>
/// <param name="Number">Its number.</param>
/// <param name="State">running, done, failed or cancelled.</param>
/// <param name="Command">The command line that would do the same.</param>
/// <param name="Present">What is measured now.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Result">What was measured, as <c>nlab perf --json</c> prints it; what was complete, if it ended early.</param>
internal sealed record RunDocument(int Number, string State, string Command, string? Present, string? Error, JsonElement? Result);
