using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Session;

/// <summary>Layer 5 of a TCP packet: the life of its connection.</summary>
internal static class TcpSession
{
    public static readonly Protocol Value = new("session", OsiLayer.Session, "TCP session", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field State = Field.Text("state");
        public static readonly Field Direction = Field.Text("direction");
        public static readonly Field RelativeSeq = Field.Number("relative_seq", "tcp.seq");
        public static readonly Field RelativeAck = Field.Number("relative_ack", "tcp.ack");
        public static readonly Field HandshakeNs = Field.Number("handshake_ns", "tcp.analysis.initial_rtt", names: static _ => "from SYN to ACK");
        public static readonly Field Retransmission = Field.Flag("retransmission");
        public static readonly Field Analysis = Field.Text("analysis");

        public static readonly Field[] All = [State, Direction, RelativeSeq, RelativeAck, HandshakeNs, Retransmission, Analysis];
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        if (view.Decoded.FactsAs<TcpSegmentFacts>() is not { } facts)
        {
            return;
        }

        int at = view[index].Offset;
        sink.Text(Fields.State, NameOf(facts.State), at, 0);
        sink.Text(Fields.Direction, facts.FromClient ? "client to server" : "server to client", at, 0);
        sink.Number(Fields.RelativeSeq, facts.RelativeSequence, at, 0);
        sink.Number(Fields.RelativeAck, facts.RelativeAcknowledgment, at, 0);
        if (facts.HandshakeRoundTrip is { } nanoseconds)
        {
            sink.Number(Fields.HandshakeNs, nanoseconds, at, 0);
        }

        if (facts.IsRetransmission)
        {
            sink.Flag(Fields.Retransmission, true, at, 0);
        }

        if (facts.Analysis != TcpAnalysisFlags.None)
        {
            sink.Texts(Fields.Analysis, TcpAnalysisNames.Of(facts.Analysis), at, 0);
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
