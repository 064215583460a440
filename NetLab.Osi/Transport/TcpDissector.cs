using NetLab.Osi.Layers;
using NetLab.Osi.Network;
using NetLab.Osi.Session;

namespace NetLab.Osi.Transport;

/// <summary>TCP (RFC 9293), over IP or, as NetLab sends it, inside UDP.</summary>
internal static class TcpDissector
{
    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (!TcpHeader.TryRead(dissection.Packet[offset..end], out TcpHeader header))
        {
            dissection.Short(OsiLayer.Transport, "TCP header", offset, TcpHeader.MinSize, end);
            return;
        }

        if (header.HeaderLength < TcpHeader.MinSize)
        {
            dissection.Malformed(OsiLayer.Transport, $"TCP data offset {header.HeaderLength} bytes", offset + 12);
            return;
        }

        if (header.HeaderLength > end - offset)
        {
            dissection.Short(OsiLayer.Transport, "TCP options", offset, header.HeaderLength, end);
            return;
        }

        LayerEntry? carrier = dissection.Carrier;
        dissection.Add(ProtocolId.Tcp, OsiLayer.Transport, offset, header.HeaderLength, end);
        int payload = offset + header.HeaderLength;
        bool overUdp = carrier?.Protocol == ProtocolId.Udp;
        if (overUdp && !InternetChecksum.IsRight(dissection.Packet, dissection.Result.Entries[^1], carrier, Ip.Protocols.Tcp))
        {
            // The machine that received this dropped it unseen: it is shown, but no part of the conversation.
            dissection.Malformed(OsiLayer.Transport, "TCP checksum", offset + 16);
            dissection.Data(OsiLayer.Application, payload, end);
            return;
        }

        TcpSegmentFacts? facts = dissection.State.TcpStreams.Take(dissection, offset, payload, end);
        if (facts is null)
        {
            dissection.Data(OsiLayer.Application, payload, end);
            return;
        }

        dissection.Result.Session = facts;
        dissection.Add(ProtocolId.TcpSession, OsiLayer.Session, offset, 0, offset);
        if (end == payload)
        {
            return;
        }

        bool recognized = false;
        if (dissection.Result.HttpMessages.Count > 0)
        {
            recognized = true;
            dissection.Add(ProtocolId.Http, OsiLayer.Application, payload, end - payload, end);
        }

        for (int i = 0; i < dissection.Result.DnsMessages.Count; i++)
        {
            recognized = true;
            dissection.Add(ProtocolId.Dns, OsiLayer.Application, payload, end - payload, end);
        }

        if (!recognized)
        {
            dissection.Data(OsiLayer.Application, payload, end);
        }
    }

    public static void Describe(ReadOnlySpan<byte> packet, in LayerEntry entry, LayerEntry? carrier, DecodedPacket decoded, IFieldSink sink)
    {
        int at = entry.Offset;
        TcpHeader.TryRead(packet[at..], out TcpHeader header);
        TcpOptions options = TcpOptions.Read(packet.Slice(at + TcpHeader.MinSize, entry.HeaderLength - TcpHeader.MinSize));
        sink.Number("sport", header.SourcePort, at, 2);
        sink.Number("dport", header.DestinationPort, at + 2, 2);
        sink.Number("seq", header.Sequence, at + 4, 4);
        sink.Number("ack", header.Acknowledgment, at + 8, 4);
        sink.Number("hlen", header.HeaderLength, at + 12, 1);
        sink.Number("flags", header.Flags, at + 12, 2, TcpHeader.FlagNames(header.Flags));
        sink.Number("window", header.Window, at + 14, 2);
        sink.Number("payload", decoded.IsCut ? ClaimedPayload(packet, entry, carrier) : entry.PayloadLength, entry.PayloadOffset, entry.PayloadLength);
        int optionsAt = at + TcpHeader.MinSize;
        int optionBytes = entry.HeaderLength - TcpHeader.MinSize;
        sink.Numbers("options", options.Kinds, optionsAt, optionBytes);
        Optional(sink, "mss", options.Mss, optionsAt, optionBytes);
        Optional(sink, "wscale", options.WindowScale, optionsAt, optionBytes);
        Optional(sink, "tsval", options.TimestampValue, optionsAt, optionBytes);
        Optional(sink, "tsecr", options.TimestampEcho, optionsAt, optionBytes);
        if (carrier?.Protocol == ProtocolId.Udp || IcmpDissector.IsWhole(packet, entry, carrier))
        {
            bool right = InternetChecksum.IsRight(packet, entry, carrier, Ip.Protocols.Tcp);
            sink.Flag("checksum_ok", right, at + 16, 2);
            if (!right && InternetChecksum.IsPartial(packet, entry, carrier, Ip.Protocols.Tcp, header.Checksum))
            {
                sink.Text("checksum", "partial (offloaded)", at + 16, 2);
            }
        }

        if (decoded.Session is { } facts)
        {
            sink.Number("stream", facts.Stream.Number, at, 4);
        }
    }

    // By the IP length, which may be more than was captured.
    private static int ClaimedPayload(ReadOnlySpan<byte> packet, in LayerEntry entry, LayerEntry? carrier)
    {
        if (carrier?.Protocol == ProtocolId.Ipv4)
        {
            Ipv4Header.TryRead(packet[carrier.Value.Offset..], out Ipv4Header ip);
            if (ip.TotalLength > 0)
            {
                return carrier.Value.Offset + ip.TotalLength - entry.PayloadOffset;
            }
        }
        else if (carrier?.Protocol == ProtocolId.Ipv6)
        {
            Ipv6Header.TryRead(packet[carrier.Value.Offset..], out Ipv6Header ip);
            if (ip.PayloadLength > 0)
            {
                return carrier.Value.Offset + Ipv6Header.Size + ip.PayloadLength - entry.PayloadOffset;
            }
        }

        return entry.PayloadLength;
    }

    private static void Optional(IFieldSink sink, string name, long? value, int offset, int length)
    {
        if (value is { } number)
        {
            sink.Number(name, number, offset, length);
        }
    }
}
