namespace NetLab.Host.Services;

/// <summary>Something that happened in a lab.</summary>
/// <param name="Number">Counts up from 1 while the lab runs.</param>
/// <param name="Time">When.</param>
/// <param name="Kind">What: started, stopped, changed, removed, failed or ended.</param>
/// <param name="Subject">What it happened to, by its path over HTTP, such as /services/echo-tcp or /runs/3.</param>
/// <param name="Detail">One line that says more; null for none.</param>
internal sealed record LabEvent(long Number, DateTimeOffset Time, string Kind, string Subject, string? Detail);
