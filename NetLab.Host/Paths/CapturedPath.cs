using NetLab.Udp.Links.Paths;

namespace NetLab.Host.Paths;

/// <summary>What a capture tells of a path.</summary>
/// <param name="Path">Its delay, loss and rate.</param>
/// <param name="Notes">How that was found, and what could not be, a line each.</param>
internal sealed record CapturedPath(RecordedPath Path, IReadOnlyList<string> Notes);
