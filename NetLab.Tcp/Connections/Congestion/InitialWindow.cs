namespace NetLab.Tcp.Connections.Congestion;

/// <summary>With how much a connection begins (RFC 6928).</summary>
internal static class InitialWindow
{
    /// <summary>RFC 6928, 2: min(10·MSS, max(2·MSS, 14600)), in bytes.</summary>
    public static long For(int segmentSize) => Math.Min(10L * segmentSize, Math.Max(2L * segmentSize, 14_600));
}
