using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>IPv4 (RFC 791), its fragments put together.</summary>
internal static class Ipv4Dissector
{
    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (!Ipv4Header.TryRead(dissection.Bytes[offset..end], out Ipv4Header header))
        {
            dissection.Short(OsiLayer.Network, "IPv4 header", offset, Ipv4Header.MinSize, end);
            return;
        }

        if (header.HeaderLength < Ipv4Header.MinSize)
        {
            dissection.Malformed(OsiLayer.Network, "IPv4 header length", offset, header.HeaderLength);
            return;
        }

        // A total length of 0 comes from segmentation left to the network card: the frame's own length holds.
        int total = header.TotalLength == 0 ? Math.Max(end, dissection.WireEnd) - offset : header.TotalLength;
        Dissection inside = dissection.Until(offset + total);
        if (header.HeaderLength > end - offset)
        {
            inside.Add(ProtocolId.Ipv4, OsiLayer.Network, offset, Ipv4Header.MinSize, end);
            inside.Short(OsiLayer.Network, "IPv4 options", offset, header.HeaderLength, end);
            return;
        }

        if (total < header.HeaderLength)
        {
            dissection.Add(ProtocolId.Ipv4, OsiLayer.Network, offset, header.HeaderLength, offset + header.HeaderLength);
            dissection.Malformed(OsiLayer.Network, "IPv4 total length", offset + 2, total);
            return;
        }

        int payloadEnd = Math.Min(end, offset + total);
        int next = offset + header.HeaderLength;
        if (!inside.Add(ProtocolId.Ipv4, OsiLayer.Network, offset, header.HeaderLength, payloadEnd))
        {
            return;
        }

        if (header.FragmentOffset > 0 || header.MoreFragments)
        {
            DissectFragment(inside, header, next, payloadEnd);
        }
        else
        {
            IpProtocols.DissectPayload(inside, header.Protocol, next, payloadEnd);
        }

        // Only now: what the payload itself says of the missing bytes is the better answer.
        if (offset + total > end)
        {
            inside.Short(OsiLayer.Network, "IPv4 total length", offset, total, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        Ipv4Header.TryRead(bytes, out Ipv4Header header);
        sink.Ip("src"u8, header.Source, at + 12);
        sink.Ip("dst"u8, header.Destination, at + 16);
        sink.Number("hlen"u8, header.HeaderLength, at, 1);
        sink.Number("dscp"u8, header.Dscp, at + 1, 1);
        sink.Number("ecn"u8, header.Ecn, at + 1, 1);
        sink.Number("length"u8, header.TotalLength, at + 2, 2);
        sink.Number("id"u8, header.Identification, at + 4, 2);
        sink.Flag("df"u8, header.DontFragment, at + 6, 1);
        sink.Flag("mf"u8, header.MoreFragments, at + 6, 1);
        sink.Number("offset"u8, header.FragmentOffset, at + 6, 2);
        sink.Number("ttl"u8, header.TimeToLive, at + 8, 1);
        sink.Number("protocol"u8, header.Protocol, at + 9, 1, IpProtocols.NameOf(header.Protocol));
        if (header.HeaderLength <= bytes.Length)
        {
            sink.Flag("checksum_ok"u8, InternetChecksum.IsRight(bytes[..header.HeaderLength]), at + 10, 2);
            DescribeOptions(bytes[Ipv4Header.MinSize..header.HeaderLength], at + Ipv4Header.MinSize, sink);
        }
    }

    // RFC 791, 3.1: end of list and no-operation are one byte; the others say how long they are.
    private static void DescribeOptions(ReadOnlySpan<byte> options, int at, IFieldSink sink)
    {
        if (options.IsEmpty)
        {
            return;
        }

        Span<int> kinds = stackalloc int[options.Length];
        int count = 0;
        int next = 0;
        while (next < options.Length && options[next] != 0)
        {
            bool isPadding = options[next] == 1;
            if (!isPadding)
            {
                kinds[count++] = options[next];
            }

            int length = isPadding ? 1 : next + 1 < options.Length ? options[next + 1] : 0;
            if (length < (isPadding ? 1 : 2))
            {
                break;
            }

            next += length;
        }

        sink.Numbers("options"u8, kinds[..count], at, options.Length);
    }

    private static void DissectFragment(in Dissection dissection, in Ipv4Header header, int offset, int end)
    {
        bool isWhole = end - offset == dissection.WireEnd - offset;
        if (!dissection.IsQuoted && isWhole)
        {
            var key = new FragmentKey(
                Addresses.Read(header.Source), Addresses.Read(header.Destination), (uint)header.Identification, header.Protocol);
            byte[]? datagram = dissection.State.Fragments.Take(
                key, dissection.Bytes[offset..end], header.FragmentOffset, header.MoreFragments, header.Protocol, dissection.Result.Time, out int protocol);
            if (datagram is not null)
            {
                IpProtocols.DissectPayload(dissection.Into(datagram), protocol, 0, datagram.Length);
                return;
            }
        }

        dissection.Data(OsiLayer.Network, offset, end);
    }
}
