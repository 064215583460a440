namespace NetLab.Host.Experiments.Real;

/// <summary>What one way cost.</summary>
/// <param name="Name">The way, in words.</param>
/// <param name="MeanDelay">From a change until the client knew of it, or of a later one.</param>
/// <param name="Segments">Segments an update, both ways.</param>
/// <param name="Bytes">Their payload an update.</param>
/// <param name="Questions">Requests an update.</param>
internal sealed record UpdateResult(string Name, TimeSpan MeanDelay, double Segments, double Bytes, double Questions);
