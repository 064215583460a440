namespace NetLab.Host.Flows;

/// <summary>A packet of a conversation, as its ladder shows it.</summary>
/// <param name="Packet">Its number in the capture.</param>
/// <param name="Nanoseconds">When, since 1970; null if the capture does not say.</param>
/// <param name="FromClient">Whether the client sent it.</param>
/// <param name="Label">What it is.</param>
/// <param name="Marks">What stands out about it; empty if nothing does.</param>
internal sealed record FlowEvent(long Packet, long? Nanoseconds, bool FromClient, string Label, string Marks);
