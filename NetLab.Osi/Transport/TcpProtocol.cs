using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Network;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>TCP (RFC 9293), over IP or, as NetLab sends it, inside UDP.</summary>
internal static class TcpProtocol
{
    public static readonly Protocol Value = new("tcp", OsiLayer.Transport, "Transmission Control Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Sport = Field.Number("sport", "tcp.srcport", width: 2);
        public static readonly Field Dport = Field.Number("dport", "tcp.dstport", width: 2);
        public static readonly Field Seq = Field.Number("seq", "tcp.seq_raw", width: 4);
        public static readonly Field Ack = Field.Number("ack", "tcp.ack_raw", width: 4);
        public static readonly Field Hlen = Field.Number("hlen", "tcp.hdr_len", width: 1);
        public static readonly Field Flags = Field.Number("flags", "tcp.flags", names: static v => TcpHeader.FlagNames((int)v), width: 2);
        public static readonly Field Window = Field.Number("window", "tcp.window_size_value", width: 2);
        public static readonly Field Urgent = Field.Number("urgent", "tcp.urgent_pointer", width: 2);
        public static readonly Field Payload = Field.Number("payload", "tcp.len", width: 4);
        public static readonly Field Stream = Field.Number("stream", "tcp.stream", needsStreams: true, width: 4);
        public static readonly Field Mss = Field.Number("mss", "tcp.options.mss_val", width: 2);
        public static readonly Field Wscale = Field.Number("wscale", "tcp.options.wscale.shift", width: 1);
        public static readonly Field Tsval = Field.Number("tsval", "tcp.options.timestamp.tsval", width: 4);
        public static readonly Field Tsecr = Field.Number("tsecr", "tcp.options.timestamp.tsecr", width: 4);
        public static readonly Field Options = Field.Number("options", about: "Kinds of the options, padding left out");
        public static readonly Field AllOptions = Field.Number(null, "tcp.option_kind", about: "Kinds of the options", width: 1);
        public static readonly ChecksumFields Checksum = new("tcp");
        public static readonly Field Port = Field.Either("tcp.port", Sport, Dport);
        public static readonly Field FinFlag = Field.Flag(null, "tcp.flags.fin", at: 12, size: 2, mask: 0x001, about: "FIN");
        public static readonly Field SynFlag = Field.Flag(null, "tcp.flags.syn", at: 12, size: 2, mask: 0x002, about: "SYN");
        public static readonly Field ResetFlag = Field.Flag(null, "tcp.flags.reset", at: 12, size: 2, mask: 0x004, about: "RST");
        public static readonly Field PushFlag = Field.Flag(null, "tcp.flags.push", at: 12, size: 2, mask: 0x008, about: "PSH");
        public static readonly Field AckFlag = Field.Flag(null, "tcp.flags.ack", at: 12, size: 2, mask: 0x010, about: "ACK");
        public static readonly Field UrgentFlag = Field.Flag(null, "tcp.flags.urg", at: 12, size: 2, mask: 0x020, about: "URG");
        public static readonly Field EceFlag = Field.Flag(null, "tcp.flags.ece", at: 12, size: 2, mask: 0x040, about: "ECE");
        public static readonly Field CwrFlag = Field.Flag(null, "tcp.flags.cwr", at: 12, size: 2, mask: 0x080, about: "CWR");
        public static readonly Field AeFlag = Field.Flag(null, "tcp.flags.ae", at: 12, size: 2, mask: 0x100, about: "AE");
        public static readonly Field ChecksumValue = Field.Number(null, "tcp.checksum", at: 16, size: 2, about: "Checksum");
        public static readonly Field PayloadBytes = Field.Bytes(null, "tcp.payload", about: "What it carries");

        public static readonly Field[] All =
        [
            Sport, Dport, Seq, Ack, Hlen, Flags, Window, Urgent, Payload, Stream, Mss, Wscale, Tsval, Tsecr, Options, Checksum.IsRight, Checksum.Verdict, Checksum.Status,
            Port, FinFlag, SynFlag, ResetFlag, PushFlag, AckFlag, UrgentFlag, EceFlag, CwrFlag, AeFlag, ChecksumValue, AllOptions, PayloadBytes, .. MptcpOption.Fields.All,
        ];
    }

    private const int MaxOptions = 40;

    public static bool Dissect(in Dissection dissection, int offset, int end) => DissectSegment(dissection, offset, end, dissection.Result.CarrierOf(dissection.Result.Count));

    /// <summary>Takes a segment apart that a header before it carries.</summary>
    /// <param name="dissection">The packet.</param>
    /// <param name="offset">Where the segment begins.</param>
    /// <param name="end">Where its captured bytes end.</param>
    /// <param name="carrier">The layer that carries it; -1 if there is none.</param>
    public static bool DissectSegment(in Dissection dissection, int offset, int end, int carrier)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (!TcpHeader.TryRead(bytes, out TcpHeader header))
        {
            DissectCut(dissection, offset, end);
            return true;
        }

        bool overUdp = carrier >= 0 && dissection.Result.Entries[carrier].Protocol == UdpProtocol.Value;
        int length = header.HeaderLength;
        if (length < TcpHeader.MinSize)
        {
            dissection.Add(Value, offset, TcpHeader.MinSize, end);
            dissection.Malformed(OsiLayer.Transport, "TCP data offset", offset + 12, length);
            return true;
        }

        if (!dissection.Add(Value, offset, Math.Min(length, bytes.Length), end))
        {
            return true;
        }

        if (length > bytes.Length)
        {
            dissection.TooShort(OsiLayer.Transport, "TCP data offset", offset, length, end);
        }

        if (dissection.IsQuoted)
        {
            return true;
        }

        int payload = Math.Min(end, offset + length);
        if (overUdp && dissection.WireEnd <= end && !InternetChecksum.IsRightWithoutAddresses(bytes, IpProtocols.Tcp))
        {
            // The machine that received this dropped it unseen: it is shown, but no part of the conversation.
            dissection.Malformed(OsiLayer.Transport, "TCP checksum", offset + 16);
            dissection.Data(OsiLayer.Application, payload, end);
            return true;
        }

        int claimed = Math.Max(0, dissection.WireEnd - offset - length);
        dissection.Result.AddPending(new PendingSegment(dissection.Result.Count - 1, end, claimed, overUdp ? dissection.Result.UdpConversationOf(carrier) : -1));
        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (!TcpHeader.TryRead(bytes, out TcpHeader header))
        {
            DescribeCut(bytes, at, sink);
            return;
        }

        sink.Number(Fields.Sport, header.SourcePort, at, 2);
        sink.Number(Fields.Dport, header.DestinationPort, at + 2, 2);
        sink.Number(Fields.Seq, header.Sequence, at + 4, 4);
        sink.Number(Fields.Ack, header.Acknowledgment, at + 8, 4);
        sink.Number(Fields.Hlen, header.HeaderLength, at + 12, 1);
        sink.Number(Fields.Flags, header.Flags, at + 12, 2);
        sink.Number(Fields.Window, header.Window, at + 14, 2);
        sink.Number(Fields.Urgent, header.UrgentPointer, at + 18, 2);
        sink.Number(Fields.Payload, Math.Max(0, view[index].WireLength - header.HeaderLength), at + view[index].HeaderLength, view[index].PayloadLength);
        if (view[index].HeaderLength > TcpHeader.MinSize)
        {
            DescribeOptions(bytes[TcpHeader.MinSize..view[index].HeaderLength], at + TcpHeader.MinSize, sink);
        }

        if (Fields.Checksum.AreWanted(sink))
        {
            Fields.Checksum.Report(Judge(view, index), at + 16, sink);
        }

        if (sink.WantsHidden)
        {
            Value.DescribeHeader(view, index, sink);
            if (sink.Wants(Fields.PayloadBytes) && view[index].PayloadLength > 0)
            {
                sink.Bytes(Fields.PayloadBytes, bytes[view[index].HeaderLength..], at + view[index].HeaderLength);
            }
        }

        if (view.Decoded.TcpStreamNumber is { } number && !view[index].IsQuoted)
        {
            sink.Number(Fields.Stream, number, at, 4);
        }
    }

    /// <summary>What can be said of a segment's checksum.</summary>
    public static ChecksumVerdict Judge(in PacketView view, int index)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        if (!view[index].IsWhole || view[index].IsQuoted || !TcpHeader.TryRead(bytes, out TcpHeader header))
        {
            return ChecksumVerdict.Unknown;
        }

        int carrier = view.Decoded.CarrierOf(index);
        while (carrier >= 0 && view[carrier].Protocol == Value)
        {
            // Segments of one datagram stand side by side.
            carrier = view.Decoded.CarrierOf(carrier);
        }

        bool overUdp = carrier >= 0 && view[carrier].Protocol == UdpProtocol.Value;
        if (!overUdp)
        {
            return InternetChecksum.Judge(view, index, IpProtocols.Tcp, header.Checksum);
        }

        return InternetChecksum.IsRightWithoutAddresses(bytes, IpProtocols.Tcp) ? ChecksumVerdict.Right : ChecksumVerdict.Wrong;
    }

    private static void DescribeOptions(ReadOnlySpan<byte> options, int at, IFieldSink sink)
    {
        Span<int> kinds = stackalloc int[MaxOptions];
        int count = 0;
        var walk = new TcpOptions(options);
        while (walk.MoveNext() && count < MaxOptions)
        {
            kinds[count++] = walk.Kind;
            switch (walk.Kind, walk.Value.Length)
            {
                case (TcpOptions.MaximumSegmentSize, 2):
                    sink.Number(Fields.Mss, BinaryPrimitives.ReadUInt16BigEndian(walk.Value), at + walk.Offset + 2, 2);
                    break;
                case (TcpOptions.WindowScale, 1):
                    sink.Number(Fields.Wscale, walk.Value[0], at + walk.Offset + 2, 1);
                    break;
                case (TcpOptions.Timestamps, 8):
                    sink.Number(Fields.Tsval, TcpOptions.Read32(walk.Value), at + walk.Offset + 2, 4);
                    sink.Number(Fields.Tsecr, TcpOptions.Read32(walk.Value[4..]), at + walk.Offset + 6, 4);
                    break;
                case (MptcpOption.Kind, > 0) when sink.WantsHidden:
                    MptcpOption.Describe(walk.Value, at + walk.Offset + 2, sink);
                    break;
                default:
                    break;
            }
        }

        sink.Numbers(Fields.Options, kinds[..count], at, options.Length);
        if (sink.WantsHidden)
        {
            DescribeAllOptions(options, at, sink);
        }
    }

    // Padding among them, as it stands.
    private static void DescribeAllOptions(ReadOnlySpan<byte> options, int at, IFieldSink sink)
    {
        int next = 0;
        while (next < options.Length)
        {
            int kind = options[next];
            sink.Number(Fields.AllOptions, kind, at + next, 1);
            int length = kind is TcpOptions.EndOfList or TcpOptions.NoOperation ? 1 : next + 1 < options.Length ? options[next + 1] : 0;
            if (length == 0)
            {
                break;
            }

            next += length;
        }
    }

    // What was captured of a header that was cut is still worth showing.
    private static void DissectCut(in Dissection dissection, int offset, int end)
    {
        if (end - offset >= 4)
        {
            dissection.Add(Value, offset, end - offset, end);
        }

        dissection.TooShort(OsiLayer.Transport, "TCP header", offset, TcpHeader.MinSize, end);
    }

    private static void DescribeCut(ReadOnlySpan<byte> bytes, int at, IFieldSink sink)
    {
        sink.Number(Fields.Sport, BinaryPrimitives.ReadUInt16BigEndian(bytes), at, 2);
        sink.Number(Fields.Dport, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        if (bytes.Length >= 8)
        {
            sink.Number(Fields.Seq, TcpOptions.Read32(bytes[4..]), at + 4, 4);
        }

        if (bytes.Length >= 12)
        {
            sink.Number(Fields.Ack, TcpOptions.Read32(bytes[8..]), at + 8, 4);
        }

        if (bytes.Length >= 14)
        {
            int word = BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]);
            sink.Number(Fields.Hlen, (word >> 12) * 4, at + 12, 1);
            sink.Number(Fields.Flags, word & 0xFFF, at + 12, 2);
        }
    }
}
