using NetLab.Osi.Layers;

namespace NetLab.Osi.Session;

/// <summary>Layer 5 of a TCP packet: the life of its connection.</summary>
internal static class TcpSession
{
    public static void Describe(in LayerEntry entry, DecodedPacket packet, IFieldSink sink)
    {
        if (packet.Session is not { } facts)
        {
            return;
        }

        sink.Text("state", NameOf(facts.State), entry.Offset, 0);
        sink.Text("direction", facts.FromClient ? "client to server" : "server to client", entry.Offset, 0);
        if (facts.HandshakeRoundTrip is { } nanoseconds)
        {
            sink.Number("handshake_ns", nanoseconds, entry.Offset, 0, "from SYN to ACK");
        }

        if (facts.IsRetransmission)
        {
            sink.Flag("retransmission", true, entry.Offset, 0);
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
