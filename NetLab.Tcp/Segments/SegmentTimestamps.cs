namespace NetLab.Tcp.Segments;

/// <summary>The timestamps option (RFC 7323, 3).</summary>
/// <param name="Value">TSval: the sender's clock.</param>
/// <param name="Echo">TSecr: the last value seen from the other side; zero without ACK.</param>
public readonly record struct SegmentTimestamps(uint Value, uint Echo)
{
    /// <summary>Bytes that they take in every segment: 10 and two no-operations in front (RFC 7323, appendix A).</summary>
    internal const int OptionBytes = 12;
}
