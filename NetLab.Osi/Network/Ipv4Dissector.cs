using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>IPv4 (RFC 791).</summary>
internal static class Ipv4Dissector
{
    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (!Ipv4Header.TryRead(dissection.Packet[offset..end], out Ipv4Header header))
        {
            dissection.Short(OsiLayer.Network, "IPv4 header", offset, Ipv4Header.MinSize, end);
            return;
        }

        if (header.HeaderLength < Ipv4Header.MinSize)
        {
            dissection.Malformed(OsiLayer.Network, $"IPv4 header length {header.HeaderLength}", offset);
            return;
        }

        if (header.HeaderLength > end - offset)
        {
            dissection.Short(OsiLayer.Network, "IPv4 options", offset, header.HeaderLength, end);
            return;
        }

        // A total length of 0 comes from segmentation left to the network card: the frame's own length holds.
        int total = header.TotalLength == 0 ? end - offset : header.TotalLength;
        if (total < header.HeaderLength)
        {
            dissection.Add(ProtocolId.Ipv4, OsiLayer.Network, offset, header.HeaderLength, offset + header.HeaderLength);
            dissection.Malformed(OsiLayer.Network, $"IPv4 total length {total}", offset + 2);
            return;
        }

        int payloadEnd = Math.Min(end, offset + total);
        int next = offset + header.HeaderLength;
        dissection.Add(ProtocolId.Ipv4, OsiLayer.Network, offset, header.HeaderLength, payloadEnd);
        if (offset + total > end)
        {
            dissection.Short(OsiLayer.Network, "IPv4 packet", offset, total, end);
        }

        if (header.FragmentOffset > 0 || header.MoreFragments)
        {
            dissection.Data(OsiLayer.Network, next, payloadEnd);
            return;
        }

        Ip.DissectPayload(dissection, header.Protocol, next, payloadEnd);
    }

    public static void Describe(ReadOnlySpan<byte> packet, in LayerEntry entry, IFieldSink sink)
    {
        int at = entry.Offset;
        Ipv4Header.TryRead(packet[at..], out Ipv4Header header);
        sink.Text("src", AddressText.Ip(header.Source), at + 12, 4);
        sink.Text("dst", AddressText.Ip(header.Destination), at + 16, 4);
        sink.Number("hlen", header.HeaderLength, at, 1);
        sink.Number("dscp", header.Dscp, at + 1, 1);
        sink.Number("ecn", header.Ecn, at + 1, 1);
        sink.Number("length", header.TotalLength, at + 2, 2);
        sink.Number("id", header.Identification, at + 4, 2);
        sink.Flag("df", header.DontFragment, at + 6, 1);
        sink.Flag("mf", header.MoreFragments, at + 6, 1);
        sink.Number("offset", header.FragmentOffset, at + 6, 2);
        sink.Number("ttl", header.TimeToLive, at + 8, 1);
        sink.Number("protocol", header.Protocol, at + 9, 1, Ip.NameOf(header.Protocol));
        sink.Flag("checksum_ok", InternetChecksum.IsRight(packet.Slice(at, entry.HeaderLength)), at + 10, 2);
    }
}
