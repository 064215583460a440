using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>IPv6 and its extension headers (RFC 8200).</summary>
internal static class Ipv6Dissector
{
    private const int FragmentHeaderSize = 8;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (!Ipv6Header.TryRead(dissection.Packet[offset..end], out Ipv6Header header))
        {
            dissection.Short(OsiLayer.Network, "IPv6 header", offset, Ipv6Header.Size, end);
            return;
        }

        // A payload length of 0 is a jumbogram or segmentation left to the card: the frame's own length holds.
        int next = offset + Ipv6Header.Size;
        int wanted = header.PayloadLength == 0 ? end : next + header.PayloadLength;
        int payloadEnd = Math.Min(end, wanted);
        dissection.Add(ProtocolId.Ipv6, OsiLayer.Network, offset, Ipv6Header.Size, payloadEnd);
        if (wanted > end)
        {
            dissection.Short(OsiLayer.Network, "IPv6 packet", offset, wanted - offset, end);
        }

        DissectChain(dissection, header.NextHeader, next, payloadEnd);
    }

    public static void Describe(ReadOnlySpan<byte> packet, in LayerEntry entry, IFieldSink sink)
    {
        int at = entry.Offset;
        Ipv6Header.TryRead(packet[at..], out Ipv6Header header);
        sink.Text("src", AddressText.Ip(header.Source), at + 8, 16);
        sink.Text("dst", AddressText.Ip(header.Destination), at + 24, 16);
        sink.Number("tclass", header.TrafficClass, at, 2);
        sink.Number("flow", header.FlowLabel, at + 1, 3);
        sink.Number("length", header.PayloadLength, at + 4, 2);
        sink.Number("next", header.NextHeader, at + 6, 1, Ip.NameOf(header.NextHeader));
        sink.Number("hlim", header.HopLimit, at + 7, 1);
    }

    public static void DescribeFragment(ReadOnlySpan<byte> packet, in LayerEntry entry, IFieldSink sink)
    {
        int field = BinaryPrimitives.ReadUInt16BigEndian(packet[(entry.Offset + 2)..]);
        sink.Number("offset", field & 0xFFF8, entry.Offset + 2, 2);
        sink.Flag("mf", (field & 1) != 0, entry.Offset + 3, 1);
        sink.Number("id", BinaryPrimitives.ReadUInt32BigEndian(packet[(entry.Offset + 4)..]), entry.Offset + 4, 4);
    }

    private static void DissectChain(in Dissection dissection, int protocol, int offset, int end)
    {
        // Each header is at least eight bytes long, so a packet of 64 KiB ends the chain by itself.
        while (true)
        {
            ProtocolId? extension = protocol switch
            {
                Ip.Protocols.HopByHop => ProtocolId.Ipv6HopByHop,
                Ip.Protocols.DestinationOptions => ProtocolId.Ipv6DestinationOptions,
                Ip.Protocols.Routing => ProtocolId.Ipv6Routing,
                Ip.Protocols.Fragment => ProtocolId.Ipv6Fragment,
                _ => null,
            };
            if (extension is not { } id)
            {
                Ip.DissectPayload(dissection, protocol, offset, end);
                return;
            }

            bool isFragment = id == ProtocolId.Ipv6Fragment;
            int length = end - offset < 2 ? FragmentHeaderSize : isFragment ? FragmentHeaderSize : 8 + (dissection.Packet[offset + 1] * 8);
            if (length > end - offset)
            {
                dissection.Short(OsiLayer.Network, Ip.NameOf(protocol), offset, length, end);
                return;
            }

            dissection.Add(id, OsiLayer.Network, offset, length, end);
            protocol = dissection.Packet[offset];
            if (isFragment && (BinaryPrimitives.ReadUInt16BigEndian(dissection.Packet[(offset + 2)..]) & 0xFFF9) != 0)
            {
                dissection.Data(OsiLayer.Network, offset + length, end);
                return;
            }

            offset += length;
        }
    }
}
