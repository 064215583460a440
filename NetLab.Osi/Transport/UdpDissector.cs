using System.Buffers.Binary;
using NetLab.Osi.Application;
using NetLab.Osi.Layers;
using NetLab.Osi.Network;

namespace NetLab.Osi.Transport;

/// <summary>UDP (RFC 768).</summary>
internal static class UdpDissector
{
    private const int Size = 8;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < Size)
        {
            dissection.Short(OsiLayer.Transport, "UDP header", offset, Size, end);
            return;
        }

        ReadOnlySpan<byte> header = dissection.Packet[offset..];
        int source = BinaryPrimitives.ReadUInt16BigEndian(header);
        int destination = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(header[4..]);
        if (length < Size)
        {
            dissection.Add(ProtocolId.Udp, OsiLayer.Transport, offset, Size, offset + Size);
            dissection.Malformed(OsiLayer.Transport, $"UDP length {length}", offset + 4);
            return;
        }

        int payload = offset + Size;
        int payloadEnd = Math.Min(end, offset + length);
        LayerEntry carrier = dissection.Carrier ?? default;
        dissection.Add(ProtocolId.Udp, OsiLayer.Transport, offset, Size, payloadEnd);
        if (offset + length > end)
        {
            dissection.Short(OsiLayer.Transport, "UDP datagram", offset, length, end);
        }

        UdpFlow flow = dissection.State.UdpFlows.Find(new FlowKey(dissection.Packet, carrier, source, destination));
        dissection.Result.UdpStream = flow.Number;
        if (payloadEnd == payload)
        {
            return;
        }

        if (CarriesTcp(dissection, flow, payload, payloadEnd, source, destination))
        {
            TcpDissector.Dissect(dissection, payload, payloadEnd);
        }
        else if (!DnsMessage.TryDissect(dissection, source, destination, payload, payloadEnd))
        {
            dissection.Data(OsiLayer.Application, payload, payloadEnd);
        }
    }

    public static void Describe(ReadOnlySpan<byte> packet, in LayerEntry entry, LayerEntry? carrier, DecodedPacket decoded, IFieldSink sink)
    {
        int at = entry.Offset;
        sink.Number("sport", BinaryPrimitives.ReadUInt16BigEndian(packet[at..]), at, 2);
        sink.Number("dport", BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 2)..]), at + 2, 2);
        int length = BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 4)..]);
        sink.Number("length", length, at + 4, 2);
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(packet[(at + 6)..]);
        if (checksum != 0 && length == entry.Length)
        {
            bool right = InternetChecksum.IsRight(packet, entry, carrier, Ip.Protocols.Udp);
            sink.Flag("checksum_ok", right, at + 6, 2);
            if (!right && InternetChecksum.IsPartial(packet, entry, carrier, Ip.Protocols.Udp, checksum))
            {
                sink.Text("checksum", "partial (offloaded)", at + 6, 2);
            }
        }

        sink.Number("stream", decoded.UdpStream, at, 4);
    }

    // NetLab's TCP needs no port of its own: a header that makes sense and a checksum that fits (1 in 65,536 by chance,
    // less with the structure) say what it is, and once one segment of a flow was TCP, the damaged ones are too.
    private static bool CarriesTcp(in Dissection dissection, UdpFlow flow, int offset, int end, int source, int destination)
    {
        IReadOnlySet<int> ports = dissection.State.Options.TcpOverUdpPorts;
        if (flow.CarriesTcp || ports.Contains(source) || ports.Contains(destination))
        {
            return true;
        }

        if (!TcpHeader.TryRead(dissection.Packet[offset..end], out TcpHeader header)
            || header.HeaderLength < TcpHeader.MinSize || header.HeaderLength > end - offset || (header.Flags & 0xF00) != 0)
        {
            return false;
        }

        var tcp = new LayerEntry(ProtocolId.Tcp, OsiLayer.Transport, offset, header.HeaderLength, end - offset);
        if (!InternetChecksum.IsRight(dissection.Packet, tcp, null, Ip.Protocols.Tcp))
        {
            return false;
        }

        // A SYN opens a conversation; in the middle of one, two that fit are asked for before the flow is believed.
        flow.CarriesTcp = header.Has(TcpHeader.Syn) || ++flow.TcpLikeDatagrams >= 2;
        return flow.CarriesTcp;
    }
}
