using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Network;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Transport;

/// <summary>UDP (RFC 768).</summary>
internal static class UdpProtocol
{
    public static readonly Protocol Value = new("udp", OsiLayer.Transport, "User Datagram Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Sport = Field.Number("sport", "udp.srcport", width: 2);
        public static readonly Field Dport = Field.Number("dport", "udp.dstport", width: 2);
        public static readonly Field Length = Field.Number("length", "udp.length", width: 2);
        public static readonly Field Stream = Field.Number("stream", "udp.stream", width: 4);
        public static readonly ChecksumFields Checksum = new("udp");
        public static readonly Field Port = Field.Either("udp.port", Sport, Dport);
        public static readonly Field ChecksumValue = Field.Number(null, "udp.checksum", at: 6, size: 2, about: "Checksum");
        public static readonly Field Payload = Field.Bytes(null, "udp.payload", about: "What it carries");

        public static readonly Field[] All = [Sport, Dport, Length, Stream, Checksum.IsRight, Checksum.Verdict, Checksum.Status, Port, ChecksumValue, Payload];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (!UdpHeader.TryRead(dissection.Bytes[offset..end], out UdpHeader header))
        {
            DissectCut(dissection, offset, end);
            return true;
        }

        (int source, int destination) = (header.SourcePort, header.DestinationPort);

        // RFC 2675, 4: a length of 0 stands for "as long as IP says", for datagrams beyond 64 KiB; segmentation left to the
        // network card leaves it too.
        int wireLength = header.Length == 0 ? Math.Max(dissection.WireEnd, end) - offset : header.Length;
        if (wireLength < UdpHeader.Size)
        {
            dissection.Add(Value, offset, UdpHeader.Size, offset + UdpHeader.Size);
            dissection.Malformed(OsiLayer.Transport, "UDP length", offset + 4, header.Length);
            return true;
        }

        int payload = offset + UdpHeader.Size;
        int payloadEnd = Math.Min(end, offset + wireLength);
        bool hasKey = FlowKey.TryMake(dissection, dissection.Result.Count, source, destination, -1, out FlowKey key, out _);
        Dissection inside = dissection.Until(offset + wireLength);
        if (!inside.Add(Value, offset, UdpHeader.Size, payloadEnd))
        {
            return true;
        }

        if (dissection.IsQuoted || !hasKey)
        {
            // A quotation belongs to no conversation; ports say what it quotes, or what was announced of its ends.
            UdpPayload.Dissect(inside.In(null), source, destination, payload, payloadEnd);
        }
        else
        {
            UdpFlow flow = dissection.Recall(UdpFlows.Slot).Find(key);
            dissection.Result.UdpConversations.Add(new PacketConversation(dissection.Result.Count - 1, flow.Number, key.SourceIsLow == flow.BeganLow));
            flow.IsFromClient = key.SourceIsLow == flow.BeganLow;
            flow.Count(key.SourceIsLow, dissection.Result.OriginalLength);
            ProtocolReference? chosen = UdpPayload.ChosenBy(dissection.Registry, source, destination);
            if (chosen is null ? CarriesTcp(inside, flow, payload, payloadEnd) : chosen.Protocol == TcpProtocol.Value && payload < payloadEnd)
            {
                DissectSegments(inside, payload, payloadEnd);
            }
            else
            {
                UdpPayload.Dissect(inside.In(flow), source, destination, payload, payloadEnd);
            }
        }

        if (offset + wireLength > end)
        {
            inside.TooShort(OsiLayer.Transport, "UDP length", offset, wireLength, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number(Fields.Sport, BinaryPrimitives.ReadUInt16BigEndian(bytes), at, 2);
        sink.Number(Fields.Dport, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        if (UdpHeader.TryRead(bytes, out UdpHeader header))
        {
            sink.Number(Fields.Length, header.Length, at + 4, 2);
            if (Fields.Checksum.AreWanted(sink))
            {
                Fields.Checksum.Report(Judge(view, index), at + 6, sink);
            }
        }

        if (sink.WantsHidden)
        {
            Value.DescribeHeader(view, index, sink);
            if (sink.Wants(Fields.Payload) && view[index].PayloadLength > 0 && view[index].HeaderLength == UdpHeader.Size)
            {
                sink.Bytes(Fields.Payload, bytes[UdpHeader.Size..], at + UdpHeader.Size);
            }
        }

        if (view.Decoded.UdpConversationOf(index) is >= 0 and var number)
        {
            sink.Number(Fields.Stream, number, at, 4);
        }
    }

    /// <summary>What can be said of a datagram's checksum; 0 stands for none (RFC 768).</summary>
    public static ChecksumVerdict Judge(in PacketView view, int index)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        return !UdpHeader.TryRead(bytes, out UdpHeader header) || header.Checksum == 0 || view[index].IsQuoted || header.Length != bytes.Length
            ? ChecksumVerdict.Unknown
            : InternetChecksum.Judge(view, index, IpProtocols.Udp, header.Checksum);
    }

    // The ports of a header that was cut are still worth showing.
    private static void DissectCut(in Dissection dissection, int offset, int end)
    {
        if (end - offset >= 4)
        {
            dissection.Add(Value, offset, end - offset, end);
        }

        dissection.TooShort(OsiLayer.Transport, "UDP header", offset, UdpHeader.Size, end);
    }

    // NetLab's TCP needs no port of its own: a header that makes sense and a checksum that fits (1 in 65,536 by chance,
    // less with the structure) say what it is, and once one segment of a flow was TCP, the damaged ones are too.
    private static bool CarriesTcp(in Dissection dissection, UdpFlow flow, int offset, int end)
    {
        if (flow.CarriesTcp)
        {
            return true;
        }

        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        bytes = bytes[..SegmentBatch.SegmentLength(bytes)];
        if (!TcpHeader.TryRead(bytes, out TcpHeader header)
            || header.HeaderLength < TcpHeader.MinSize || header.HeaderLength > bytes.Length || (header.Flags & 0xF00) != 0)
        {
            return false;
        }

        if (!InternetChecksum.IsRightWithoutAddresses(bytes, IpProtocols.Tcp))
        {
            return false;
        }

        // A SYN opens a conversation, and a batch holds a second header; in the middle of one, two that fit are asked for before the flow is believed.
        flow.CarriesTcp = header.Has(TcpHeader.Syn) || bytes.Length < end - offset || ++flow.TcpLikeDatagrams >= 2;
        return flow.CarriesTcp;
    }

    // One segment, or a batch that the kernel cuts behind the point where it was captured.
    private static void DissectSegments(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> datagram = dissection.Bytes[offset..end];
        int length = SegmentBatch.SegmentLength(datagram);
        int carrier = dissection.Result.Count - 1;
        int at = offset;
        while (end - at > length && SegmentBatch.IsHeader(dissection.Bytes[at..end], datagram))
        {
            TcpProtocol.DissectSegment(dissection.Until(at + length), at, at + length, carrier);
            at += length;
        }

        if (at == offset || SegmentBatch.IsHeader(dissection.Bytes[at..end], datagram))
        {
            TcpProtocol.DissectSegment(dissection, at, end, carrier);
        }
        else
        {
            dissection.Data(OsiLayer.Application, at, end);
        }
    }
}
