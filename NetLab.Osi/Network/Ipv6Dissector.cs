using System.Buffers.Binary;
using NetLab.Osi.Layers;

namespace NetLab.Osi.Network;

/// <summary>IPv6 and its extension headers (RFC 8200), its fragments put together.</summary>
internal static class Ipv6Dissector
{
    private const int FragmentHeaderSize = 8;

    public static void Dissect(in Dissection dissection, int offset, int end)
    {
        if (!Ipv6Header.TryRead(dissection.Bytes[offset..end], out Ipv6Header header))
        {
            dissection.Short(OsiLayer.Network, "IPv6 header", offset, Ipv6Header.Size, end);
            return;
        }

        // A payload length of 0 is a jumbogram or segmentation left to the card: the frame's own length holds.
        int next = offset + Ipv6Header.Size;
        int wanted = header.PayloadLength == 0 ? Math.Max(end, dissection.WireEnd) : next + header.PayloadLength;
        int payloadEnd = Math.Min(end, wanted);
        Dissection inside = dissection.Until(wanted);
        if (!inside.Add(ProtocolId.Ipv6, OsiLayer.Network, offset, Ipv6Header.Size, payloadEnd))
        {
            return;
        }

        DissectChain(inside, header, header.NextHeader, next, payloadEnd);
        if (wanted > end)
        {
            inside.Short(OsiLayer.Network, "IPv6 payload length", offset, wanted - offset, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        int at = view[index].Offset;
        Ipv6Header.TryRead(view.BytesOf(index), out Ipv6Header header);
        sink.Ip("src"u8, header.Source, at + 8);
        sink.Ip("dst"u8, header.Destination, at + 24);
        sink.Number("tclass"u8, header.TrafficClass, at, 4);
        sink.Number("flow"u8, header.FlowLabel, at + 1, 3);
        sink.Number("length"u8, header.PayloadLength, at + 4, 2);
        sink.Number("next"u8, header.NextHeader, at + 6, 1, IpProtocols.NameOf(header.NextHeader));
        sink.Number("hlim"u8, header.HopLimit, at + 7, 1);
    }

    public static void DescribeFragment(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int field = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        sink.Number("offset"u8, field & 0xFFF8, at + 2, 2);
        sink.Flag("mf"u8, (field & 1) != 0, at + 2, 2);
        sink.Number("id"u8, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
    }

    /// <summary>Hop-by-hop and destination options (RFC 8200, 4.2): the kinds, padding left out.</summary>
    public static void DescribeOptions(in PacketView view, int index, IFieldSink sink)
    {
        const int MaxKinds = 64;
        ReadOnlySpan<byte> bytes = view.BytesOf(index)[..view[index].HeaderLength];
        int at = view[index].Offset;
        sink.Number("next"u8, bytes[0], at, 1, IpProtocols.NameOf(bytes[0]));
        Span<int> kinds = stackalloc int[MaxKinds];
        int count = 0;
        int next = 2;
        while (next < bytes.Length && count < MaxKinds)
        {
            // Pad1 is a byte alone; PadN is an option like the others.
            if (bytes[next] > 1)
            {
                kinds[count++] = bytes[next];
            }

            next += bytes[next] == 0 ? 1 : next + 1 < bytes.Length ? 2 + bytes[next + 1] : 2;
        }

        sink.Numbers("options"u8, kinds[..count], at + 2, bytes.Length - 2);
    }

    /// <summary>A routing header (RFC 8200, 4.4): its type, and how many hops are left.</summary>
    public static void DescribeRouting(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        sink.Number("next"u8, bytes[0], at, 1, IpProtocols.NameOf(bytes[0]));
        sink.Number("routing_type"u8, bytes[2], at + 2, 1, bytes[2] switch { 0 => "source route (deprecated)", 2 => "mobility", 3 => "RPL", 4 => "segment routing", _ => null });
        sink.Number("segments_left"u8, bytes[3], at + 3, 1);
    }

    private static void DissectChain(in Dissection dissection, in Ipv6Header header, int protocol, int offset, int end)
    {
        // Each header is at least eight bytes long, so a packet of 64 KiB ends the chain by itself.
        while (ExtensionOf(protocol) is { } extension)
        {
            bool isFragment = extension == ProtocolId.Ipv6Fragment;
            int length = isFragment || end - offset < 2 ? FragmentHeaderSize
                : extension == ProtocolId.Ah ? 4 * (dissection.Bytes[offset + 1] + 2)
                : 8 + (dissection.Bytes[offset + 1] * 8);
            if (length > end - offset)
            {
                // What is there of it is shown, for its first byte says what it would have carried.
                if (end > offset)
                {
                    dissection.Add(extension, OsiLayer.Network, offset, end - offset, end);
                }

                dissection.Short(OsiLayer.Network, "extension header length", offset, length, end);
                return;
            }

            if (!dissection.Add(extension, OsiLayer.Network, offset, length, end))
            {
                return;
            }

            int field = isFragment ? BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[(offset + 2)..]) & 0xFFF9 : 0;
            if (field != 0)
            {
                DissectFragment(dissection, header, offset, field, end);
                return;
            }

            protocol = dissection.Bytes[offset];
            offset += length;
        }

        IpProtocols.DissectPayload(dissection, protocol, offset, end);
    }

    private static ProtocolId? ExtensionOf(int protocol) => protocol switch
    {
        IpProtocols.HopByHop => ProtocolId.Ipv6HopByHop,
        IpProtocols.DestinationOptions => ProtocolId.Ipv6DestinationOptions,
        IpProtocols.Routing => ProtocolId.Ipv6Routing,
        IpProtocols.Fragment => ProtocolId.Ipv6Fragment,
        IpProtocols.Ah => ProtocolId.Ah,
        _ => null,
    };

    private static void DissectFragment(in Dissection dissection, in Ipv6Header header, int offset, int field, int end)
    {
        int payload = offset + FragmentHeaderSize;
        if (!dissection.IsQuoted && end == dissection.WireEnd)
        {
            uint identification = BinaryPrimitives.ReadUInt32BigEndian(dissection.Bytes[(offset + 4)..]);
            var key = new FragmentKey(Addresses.Read(header.Source), Addresses.Read(header.Destination), identification, IpProtocols.Fragment);
            byte[]? datagram = dissection.State.Fragments.Take(
                key, dissection.Bytes[payload..end], field & 0xFFF8, (field & 1) != 0, dissection.Bytes[offset], dissection.Result.Time, out int protocol);
            if (datagram is not null)
            {
                DissectChain(dissection.Into(datagram), header, protocol, 0, datagram.Length);
                return;
            }
        }

        dissection.Data(OsiLayer.Network, payload, end);
    }
}
