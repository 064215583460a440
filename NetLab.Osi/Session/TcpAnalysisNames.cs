namespace NetLab.Osi.Session;

/// <summary>What the findings of TCP analysis are called.</summary>
public static class TcpAnalysisNames
{
    private static readonly (TcpAnalysisFlags Flag, string Name)[] All =
    [
        (TcpAnalysisFlags.Retransmission, "retransmission"),
        (TcpAnalysisFlags.FastRetransmission, "fast_retransmission"),
        (TcpAnalysisFlags.SpuriousRetransmission, "spurious_retransmission"),
        (TcpAnalysisFlags.OutOfOrder, "out_of_order"),
        (TcpAnalysisFlags.LostSegment, "lost_segment"),
        (TcpAnalysisFlags.AckedLostSegment, "ack_lost_segment"),
        (TcpAnalysisFlags.DuplicateAck, "duplicate_ack"),
        (TcpAnalysisFlags.ZeroWindow, "zero_window"),
        (TcpAnalysisFlags.ZeroWindowProbe, "zero_window_probe"),
        (TcpAnalysisFlags.WindowUpdate, "window_update"),
        (TcpAnalysisFlags.WindowFull, "window_full"),
        (TcpAnalysisFlags.KeepAlive, "keep_alive"),
        (TcpAnalysisFlags.KeepAliveAck, "keep_alive_ack"),
        (TcpAnalysisFlags.ZeroWindowProbeAck, "zero_window_probe_ack"),
        (TcpAnalysisFlags.PortsReused, "reused_ports"),
    ];

    /// <summary>The names of all findings, in the order of their bits.</summary>
    internal static IEnumerable<string> InOrder => All.OrderBy(n => (int)n.Flag).Select(n => n.Name);

    // A capture has few of the combinations there are.
    private static readonly IReadOnlyList<string>?[] Known = new IReadOnlyList<string>?[1 << All.Length];

    /// <summary>The names of findings.</summary>
    public static IReadOnlyList<string> Of(TcpAnalysisFlags flags) => Known[(int)flags] ??= [.. All.Where(n => (flags & n.Flag) != 0).Select(n => n.Name)];
}
