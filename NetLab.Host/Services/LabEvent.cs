namespace NetLab.Host.Services;

/// <summary>Something that happened in a lab.</summary>
/// <param name="Number">Counts up from 1 while the lab runs.</param>
/// <param name="Time">When.</param>
/// <param name="Kind">What: started, stopped, changed, removed or failed.</param>
/// <param name="Service">The service it happened to.</param>
/// <param name="Detail">One line that says more; null for none.</param>
internal sealed record LabEvent(long Number, DateTimeOffset Time, string Kind, string Service, string? Detail);
