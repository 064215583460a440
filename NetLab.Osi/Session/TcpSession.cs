using NetLab.Osi.Model;
using NetLab.Osi.Protocols;
using NetLab.Osi.Transport;

namespace NetLab.Osi.Session;

/// <summary>Layer 5 of a TCP packet: the life of its connection.</summary>
internal static class TcpSession
{
    public static readonly Protocol Value = new("session", OsiLayer.Session, "TCP session", Fields.All, describe: Describe);

    private static class Fields
    {
        public static readonly Field State = Field.Text("state");
        public static readonly Field Direction = Field.Text("direction");
        public static readonly Field RelativeSeq = Field.Number("relative_seq", "tcp.seq", needsStreams: true, width: 4);
        public static readonly Field RelativeAck = Field.Number("relative_ack", "tcp.ack", needsStreams: true, width: 4);
        public static readonly Field HandshakeNs = Field.Number("handshake_ns", names: static _ => "from SYN to ACK");
        public static readonly Field Retransmission = Field.Flag("retransmission");
        public static readonly Field Analysis = Field.Text("analysis");
        public static readonly Field Next = Field.Number(null, "tcp.nxtseq", about: "Sequence number behind the segment, relative", needsStreams: true, width: 4);
        public static readonly Field SackLeft = Field.Number(null, "tcp.options.sack_le", about: "Left edge of a SACK block, relative", needsStreams: true, width: 4);
        public static readonly Field SackRight = Field.Number(null, "tcp.options.sack_re", about: "Right edge of a SACK block, relative", needsStreams: true, width: 4);
        public static readonly Field ScaledWindow = Field.Number(null, "tcp.window_size", about: "Window in bytes, scaled where the scale is known", needsStreams: true, width: 4);
        public static readonly Field AnyMark = Field.Of(FieldKind.Mark, null, "tcp.analysis.flags", "Something stands out about the segment", needsStreams: true);

        public static readonly Field DuplicateAckNumber = Hidden(FieldKind.Number, "duplicate_ack_num", "which of several equal acknowledgments in a row, from 1");
        public static readonly Field AcksFrame = Hidden(FieldKind.Number, "acks_frame", "the packet whose last byte it acknowledges");
        public static readonly Field AckRoundTrip = Hidden(FieldKind.Duration, "ack_rtt", "time since that packet");
        public static readonly Field InitialRoundTrip = Hidden(FieldKind.Duration, "initial_rtt", "from the SYN to the first segment behind the handshake");
        public static readonly Field BytesInFlight = Hidden(FieldKind.Number, "bytes_in_flight", "bytes of its direction that were sent and not acknowledged");

        /// <summary>The marks, in the order of the bits of <see cref="TcpAnalysisFlags"/>.</summary>
        public static readonly Field[] Marks = MakeMarks();

        public static readonly Field[] All =
        [
            State, Direction, RelativeSeq, RelativeAck, HandshakeNs, Retransmission, Analysis,
            DuplicateAckNumber, AcksFrame, AckRoundTrip, InitialRoundTrip, BytesInFlight, Next, SackLeft, SackRight, ScaledWindow, AnyMark, .. Marks,
        ];

        private static Field[] MakeMarks()
        {
            ReadOnlySpan<string> names = TcpAnalysisNames.InOrder;
            var marks = new Field[names.Length];
            for (int i = 0; i < marks.Length; i++)
            {
                marks[i] = Hidden(FieldKind.Mark, names[i], "TCP analysis: " + names[i].Replace('_', ' '));
            }

            return marks;
        }

        private static Field Hidden(FieldKind kind, string name, string about) => Field.Of(kind, null, "tcp.analysis." + name, about, needsStreams: true);
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

        if (sink.WantsHidden)
        {
            DescribeAnalysis(facts, at, sink);
            DescribeSegment(view, index, facts, sink);
        }
    }

    // What Wireshark shows under "SEQ/ACK analysis": for filters and columns.
    private static void DescribeAnalysis(TcpSegmentFacts facts, int at, IFieldSink sink)
    {
        for (int i = 0; i < Fields.Marks.Length; i++)
        {
            if (((int)facts.Analysis & (1 << i)) != 0)
            {
                sink.Flag(Fields.Marks[i], true, at, 0);
            }
        }

        if (facts.DuplicateAckNumber > 0)
        {
            sink.Number(Fields.DuplicateAckNumber, facts.DuplicateAckNumber, at, 0);
        }

        if (facts.AcknowledgedPacket is { } acknowledged)
        {
            sink.Number(Fields.AcksFrame, acknowledged, at, 0);
            sink.Number(Fields.AckRoundTrip, facts.AcknowledgmentRoundTrip ?? 0, at, 0);
        }

        if (facts.BytesInFlight is { } inFlight)
        {
            sink.Number(Fields.BytesInFlight, inFlight, at, 0);
        }

        // As Wireshark: only where there is something else to say.
        if (facts.InitialRoundTrip is { } roundTrip && (facts.AcknowledgedPacket is not null || facts.BytesInFlight is not null || facts.Analysis != TcpAnalysisFlags.None))
        {
            sink.Number(Fields.InitialRoundTrip, roundTrip, at, 0);
        }
    }

    private static void DescribeSegment(in PacketView view, int index, TcpSegmentFacts facts, IFieldSink sink)
    {
        int at = view[index].Offset;
        if (facts.Analysis != TcpAnalysisFlags.None)
        {
            sink.Number(Fields.AnyMark, 1, at, 0);
        }

        ReadOnlySpan<byte> segment = view.BufferOf(index)[at..];
        if (!TcpHeader.TryRead(segment, out TcpHeader header) || header.HeaderLength > segment.Length)
        {
            return;
        }

        int payload = 0;
        for (int i = index - 1; i >= 0; i--)
        {
            if (view[i].Protocol == TcpProtocol.Value)
            {
                payload = Math.Max(0, view[i].WireLength - header.HeaderLength);
                break;
            }
        }

        // RFC 7323, 2.2: the window of a SYN is never scaled.
        sink.Number(Fields.ScaledWindow, (long)header.Window << (header.Has(TcpHeader.Syn) ? 0 : facts.WindowShift ?? 0), at + 14, 2);
        sink.Number(Fields.Next, unchecked(facts.RelativeSequence + (uint)payload + (header.Has(TcpHeader.Syn) || header.Has(TcpHeader.Fin) ? 1u : 0)), at, 0);
        uint acknowledgedBase = unchecked(header.Acknowledgment - facts.RelativeAcknowledgment);
        var options = new TcpOptions(segment[TcpHeader.MinSize..Math.Max(TcpHeader.MinSize, header.HeaderLength)]);
        while (options.MoveNext())
        {
            for (int block = 0; options.Kind == TcpOptions.Sack && block + 8 <= options.Value.Length; block += 8)
            {
                int start = at + TcpHeader.MinSize + options.Offset + 2 + block;
                sink.Number(Fields.SackLeft, unchecked(TcpOptions.Read32(options.Value[block..]) - acknowledgedBase), start, 4);
                sink.Number(Fields.SackRight, unchecked(TcpOptions.Read32(options.Value[(block + 4)..]) - acknowledgedBase), start + 4, 4);
            }
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
