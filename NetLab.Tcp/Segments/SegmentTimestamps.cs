namespace NetLab.Tcp.Segments;

/// <summary>The timestamps option (RFC 7323, 3).</summary>
/// <param name="Value">TSval: the sender's clock.</param>
/// <param name="Echo">TSecr: the last value seen from the other side; zero without ACK.</param>
public readonly record struct SegmentTimestamps(uint Value, uint Echo);
