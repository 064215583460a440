using NetLab.Osi.Layers;

namespace NetLab.Osi.Session;

/// <summary>Layer 5 of a TCP packet: the life of its connection.</summary>
internal static class TcpSession
{
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
            sink.Texts("analysis"u8, TcpAnalysisNames.Of(facts.Analysis), at, 0);
        }
    }

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
