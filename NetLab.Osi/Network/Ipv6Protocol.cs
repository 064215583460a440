using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>IPv6 and its extension headers (RFC 8200), its fragments put together.</summary>
internal static class Ipv6Protocol
{
    public static readonly Protocol Value = new("ipv6", OsiLayer.Network, "Internet Protocol version 6", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Src = Field.Ipv6("src", "ipv6.src");
        public static readonly Field Dst = Field.Ipv6("dst", "ipv6.dst");
        public static readonly Field Tclass = Field.Number("tclass", "ipv6.tclass", width: 4);
        public static readonly Field Flow = Field.Number("flow", "ipv6.flow", width: 3);
        public static readonly Field Length = Field.Number("length", "ipv6.plen", width: 2);
        public static readonly Field Next = Field.Number("next", "ipv6.nxt", names: static v => IpProtocols.NameOf((int)v), width: 1);
        public static readonly Field Hlim = Field.Number("hlim", "ipv6.hlim", width: 1);
        public static readonly Field Version = Field.Number(null, "ipv6.version", at: 0, size: 1, mask: 0xF0, about: "Version");
        public static readonly Field Address = Field.Either("ipv6.addr", Src, Dst);
        public static readonly Field Host = Field.Either("ipv6.host", Src, Dst);

        public static readonly Field[] All = [Src, Dst, Tclass, Flow, Length, Next, Hlim, Version, Address, Host];
    }

    private const int FragmentHeaderSize = 8;

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (offset < end && dissection.Bytes[offset] >> 4 != 6)
        {
            Ipv4Protocol.DissectOtherVersion(dissection, dissection.Bytes[offset] >> 4, offset, end);
            return true;
        }

        if (!Ipv6Header.TryRead(dissection.Bytes[offset..end], out Ipv6Header header))
        {
            dissection.TooShort(OsiLayer.Network, "IPv6 header", offset, Ipv6Header.Size, end);
            return true;
        }

        // A payload length of 0 is a jumbogram or segmentation left to the card: the frame's own length holds.
        int next = offset + Ipv6Header.Size;
        int wanted = header.PayloadLength == 0 ? Math.Max(end, dissection.WireEnd) : next + header.PayloadLength;
        int payloadEnd = Math.Min(end, wanted);
        Dissection inside = dissection.Until(wanted);
        if (!inside.Add(Value, offset, Ipv6Header.Size, payloadEnd))
        {
            return true;
        }

        DissectChain(inside, header, header.NextHeader, next, payloadEnd);
        if (wanted > end)
        {
            inside.TooShort(OsiLayer.Network, "IPv6 payload length", offset, wanted - offset, end);
        }

        return true;
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        int at = view[index].Offset;
        Ipv6Header.TryRead(view.BytesOf(index), out Ipv6Header header);
        if (sink.WantsHidden)
        {
            Value.DescribeHeader(view, index, sink);
        }

        sink.Ip(Fields.Src, header.Source, at + 8);
        sink.Ip(Fields.Dst, header.Destination, at + 24);
        sink.Number(Fields.Tclass, header.TrafficClass, at, 4);
        sink.Number(Fields.Flow, header.FlowLabel, at + 1, 3);
        sink.Number(Fields.Length, header.PayloadLength, at + 4, 2);
        sink.Number(Fields.Next, header.NextHeader, at + 6, 1);
        sink.Number(Fields.Hlim, header.HopLimit, at + 7, 1);
    }

    private static void DissectChain(in Dissection dissection, in Ipv6Header header, int protocol, int offset, int end)
    {
        // Each header is at least eight bytes long, so a packet of 64 KiB ends the chain by itself.
        while (Ipv6Extensions.Of(protocol) is { } extension)
        {
            bool isFragment = extension == Ipv6Extensions.Fragment;
            int length = isFragment || end - offset < 2 ? FragmentHeaderSize
                : extension == AhProtocol.Value ? 4 * (dissection.Bytes[offset + 1] + 2)
                : 8 + (dissection.Bytes[offset + 1] * 8);
            if (length > end - offset)
            {
                // What is there of it is shown, for its first byte says what it would have carried.
                if (end > offset)
                {
                    dissection.Add(extension, offset, end - offset, end);
                }

                dissection.TooShort(OsiLayer.Network, "extension header length", offset, length, end);
                return;
            }

            if (!dissection.Add(extension, offset, length, end))
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

        IpPayload.Dissect(dissection, protocol, offset, end);
    }

    private static void DissectFragment(in Dissection dissection, in Ipv6Header header, int offset, int field, int end)
    {
        int payload = offset + FragmentHeaderSize;
        if (!dissection.IsQuoted && end == dissection.WireEnd)
        {
            uint identification = BinaryPrimitives.ReadUInt32BigEndian(dissection.Bytes[(offset + 4)..]);
            var key = new FragmentKey(Addresses.Read(header.Source), Addresses.Read(header.Destination), identification, IpProtocols.Fragment);
            byte[]? datagram = dissection.Recall(FragmentReassembly.Slot).Take(
                key, dissection.Bytes[payload..end], field & 0xFFF8, (field & 1) != 0, dissection.Bytes[offset], dissection.Result.Time, out int protocol);
            if (datagram is not null)
            {
                DissectChain(dissection.Into(datagram), header, protocol, 0, datagram.Length);
                return;
            }
        }

        if (end < dissection.WireEnd && (field & 0xFFF8) == 0)
        {
            // The datagram will never be whole; what was captured of it begins here.
            DissectChain(dissection, header, dissection.Bytes[offset], payload, end);
            return;
        }

        dissection.Data(OsiLayer.Network, payload, end);
    }
}
