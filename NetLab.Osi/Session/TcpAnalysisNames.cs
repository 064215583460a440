namespace NetLab.Osi.Session;

/// <summary>What the findings of TCP analysis are called.</summary>
public static class TcpAnalysisNames
{
    // In the order of the bits of TcpAnalysisFlags.
    private static readonly string[] All =
    [
        "retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order", "lost_segment", "ack_lost_segment", "duplicate_ack", "zero_window",
        "zero_window_probe", "window_update", "window_full", "keep_alive", "keep_alive_ack", "zero_window_probe_ack", "reused_ports",
    ];

    // A capture has few of the combinations there are.
    private static readonly IReadOnlyList<string>?[] Known = new IReadOnlyList<string>?[1 << All.Length];

    /// <summary>The names of all findings, in the order of their bits.</summary>
    internal static ReadOnlySpan<string> InOrder => All;

    /// <summary>The names of findings.</summary>
    public static IReadOnlyList<string> Of(TcpAnalysisFlags flags) => Known[(int)flags] ??= Make((int)flags);

    private static List<string> Make(int flags)
    {
        var names = new List<string>();
        for (int bit = 0; bit < All.Length; bit++)
        {
            if ((flags & (1 << bit)) != 0)
            {
                names.Add(All[bit]);
            }
        }

        return names;
    }
}
