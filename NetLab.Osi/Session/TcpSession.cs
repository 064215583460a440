using NetLab.Osi.Layers;

namespace NetLab.Osi.Session;

/// <summary>Layer 5 of a TCP packet: the life of its connection.</summary>
internal static class TcpSession
{
    private static readonly (TcpAnalysisFlags Flag, string Name)[] AnalysisNames =
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
    ];

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        if (view.Decoded.Session is not { } facts)
        {
            return;
        }

        int at = view[index].Offset;
        sink.Text("state"u8, NameOf(facts.State), at, 0);
        sink.Text("direction"u8, facts.FromClient ? "client to server" : "server to client", at, 0);
        sink.Number("relative_seq"u8, facts.RelativeSequence, at, 0);
        sink.Number("relative_ack"u8, facts.RelativeAcknowledgment, at, 0);
        if (facts.HandshakeRoundTrip is { } nanoseconds)
        {
            sink.Number("handshake_ns"u8, nanoseconds, at, 0, "from SYN to ACK");
        }

        if (facts.IsRetransmission)
        {
            sink.Flag("retransmission"u8, true, at, 0);
        }

        if (facts.Analysis != TcpAnalysisFlags.None)
        {
            sink.Texts("analysis"u8, NamesOf(facts.Analysis), at, 0);
        }
    }

    public static List<string> NamesOf(TcpAnalysisFlags flags) => [.. AnalysisNames.Where(n => (flags & n.Flag) != 0).Select(n => n.Name)];

    public static string NameOf(TcpSessionState state) => state switch
    {
        TcpSessionState.Midstream => "under way when the capture began",
        TcpSessionState.Opening => "opening",
        TcpSessionState.Answered => "answered",
        TcpSessionState.Established => "established",
        TcpSessionState.ClosingByClient => "closing, client is done",
        TcpSessionState.ClosingByServer => "closing, server is done",
        TcpSessionState.Closed => "closed by both",
        TcpSessionState.ResetByClient => "reset by client",
        _ => "reset by server",
    };
}
