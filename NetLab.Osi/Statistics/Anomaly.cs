namespace NetLab.Osi.Statistics;

/// <summary>Something that should not be, and how often it was found.</summary>
/// <param name="What">What it is.</param>
/// <param name="Count">How often.</param>
/// <param name="FirstPacket">The number of the first packet that shows it; null if no packet does by itself.</param>
public sealed record Anomaly(string What, long Count, long? FirstPacket);
