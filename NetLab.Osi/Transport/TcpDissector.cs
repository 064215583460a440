using System.Buffers.Binary;
using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.Transport;

/// <summary>TCP (RFC 9293), over IP or, as NetLab sends it, inside UDP.</summary>
internal static class TcpDissector
{
    private const int MaxOptions = 40;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        ReadOnlySpan<byte> bytes = dissection.Bytes[offset..end];
        if (!TcpHeader.TryRead(bytes, out TcpHeader header))
        {
            DissectCut(dissection, offset, end);
            return;
        }

        int carrier = dissection.Result.CarrierOf(dissection.Result.Count);
        bool overUdp = carrier >= 0 && dissection.Result.Entries[carrier].Protocol == ProtocolId.Udp;
        int length = header.HeaderLength;
        if (length < TcpHeader.MinSize)
        {
            dissection.Add(ProtocolId.Tcp, OsiLayer.Transport, offset, TcpHeader.MinSize, end);
            dissection.Malformed(OsiLayer.Transport, "TCP data offset", offset + 12, length);
            return;
        }

        if (!dissection.Add(ProtocolId.Tcp, OsiLayer.Transport, offset, Math.Min(length, bytes.Length), end))
        {
            return;
        }

        if (length > bytes.Length)
        {
            dissection.Short(OsiLayer.Transport, "TCP data offset", offset, length, end);
        }

        if (dissection.IsQuoted)
        {
            return;
        }

        int payload = Math.Min(end, offset + length);
        if (overUdp && !InternetChecksum.IsRightWithoutAddresses(bytes, IpProtocols.Tcp))
        {
            // The machine that received this dropped it unseen: it is shown, but no part of the conversation.
            dissection.Malformed(OsiLayer.Transport, "TCP checksum", offset + 16);
            dissection.Data(OsiLayer.Application, payload, end);
            return;
        }

        // Of two segments in one packet, as only an aggregate of 802.11 has them, the first is followed.
        int claimed = Math.Max(0, dissection.WireEnd - offset - length);
        dissection.Result.Pending ??= new PendingSegment(dissection.Result.Count - 1, end, claimed, overUdp ? dissection.Result.UdpConversationOf(carrier) : -1);
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

        sink.Number("sport"u8, header.SourcePort, at, 2);
        sink.Number("dport"u8, header.DestinationPort, at + 2, 2);
        sink.Number("seq"u8, header.Sequence, at + 4, 4);
        sink.Number("ack"u8, header.Acknowledgment, at + 8, 4);
        sink.Number("hlen"u8, header.HeaderLength, at + 12, 1);
        sink.Number("flags"u8, header.Flags, at + 12, 2, TcpHeader.FlagNames(header.Flags));
        sink.Number("window"u8, header.Window, at + 14, 2);
        sink.Number("urgent"u8, header.UrgentPointer, at + 18, 2);
        sink.Number("payload"u8, Math.Max(0, view[index].WireLength - header.HeaderLength), at + view[index].HeaderLength, view[index].PayloadLength);
        if (view[index].HeaderLength > TcpHeader.MinSize)
        {
            DescribeOptions(bytes[TcpHeader.MinSize..view[index].HeaderLength], at + TcpHeader.MinSize, sink);
        }

        InternetChecksum.Describe(Judge(view, index), at + 16, sink);

        if (view.Decoded.Session is { } facts && !view[index].IsQuoted)
        {
            sink.Number("stream"u8, facts.Stream.Number, at, 4);
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
        bool overUdp = carrier >= 0 && view[carrier].Protocol == ProtocolId.Udp;
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
                    sink.Number("mss"u8, BinaryPrimitives.ReadUInt16BigEndian(walk.Value), at + walk.Offset + 2, 2);
                    break;
                case (TcpOptions.WindowScale, 1):
                    sink.Number("wscale"u8, walk.Value[0], at + walk.Offset + 2, 1);
                    break;
                case (TcpOptions.Timestamps, 8):
                    sink.Number("tsval"u8, TcpOptions.Read32(walk.Value), at + walk.Offset + 2, 4);
                    sink.Number("tsecr"u8, TcpOptions.Read32(walk.Value[4..]), at + walk.Offset + 6, 4);
                    break;
                default:
                    break;
            }
        }

        sink.Numbers("options"u8, kinds[..count], at, options.Length);
    }

    // What was captured of a header that was cut is still worth showing.
    private static void DissectCut(in Dissection dissection, int offset, int end)
    {
        if (end - offset >= 4)
        {
            dissection.Add(ProtocolId.Tcp, OsiLayer.Transport, offset, end - offset, end);
        }

        dissection.Short(OsiLayer.Transport, "TCP header", offset, TcpHeader.MinSize, end);
    }

    private static void DescribeCut(ReadOnlySpan<byte> bytes, int at, IFieldSink sink)
    {
        sink.Number("sport"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes), at, 2);
        sink.Number("dport"u8, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), at + 2, 2);
        if (bytes.Length >= 8)
        {
            sink.Number("seq"u8, TcpOptions.Read32(bytes[4..]), at + 4, 4);
        }

        if (bytes.Length >= 12)
        {
            sink.Number("ack"u8, TcpOptions.Read32(bytes[8..]), at + 8, 4);
        }

        if (bytes.Length >= 14)
        {
            int word = BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]);
            sink.Number("hlen"u8, (word >> 12) * 4, at + 12, 1);
            sink.Number("flags"u8, word & 0xFFF, at + 12, 2, TcpHeader.FlagNames(word & 0xFFF));
        }
    }
}
