using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>IPv4 (RFC 791), its fragments put together.</summary>
internal static class Ipv4Protocol
{
    public static readonly Protocol Value = new("ip", OsiLayer.Network, "Internet Protocol version 4", Fields.All, Dissect, Describe);

    /// <summary>IP of either version, where the first four bits say which.</summary>
    public static readonly Protocol OfEitherVersion = new("ip", OsiLayer.Network, "Internet Protocol", [], DissectEitherVersion);

    private static class Fields
    {
        public static readonly Field Src = Field.Ipv4("src", "ip.src");
        public static readonly Field Dst = Field.Ipv4("dst", "ip.dst");
        public static readonly Field Hlen = Field.Number("hlen", "ip.hdr_len", width: 1);
        public static readonly Field Dscp = Field.Number("dscp", "ip.dsfield.dscp", width: 1);
        public static readonly Field Ecn = Field.Number("ecn", "ip.dsfield.ecn", width: 1);
        public static readonly Field Length = Field.Number("length", "ip.len", width: 2);
        public static readonly Field Id = Field.Number("id", "ip.id", width: 2);
        public static readonly Field Df = Field.Flag("df", "ip.flags.df");
        public static readonly Field Mf = Field.Flag("mf", "ip.flags.mf");
        public static readonly Field Offset = Field.Number("offset", "ip.frag_offset", width: 2);
        public static readonly Field Ttl = Field.Number("ttl", "ip.ttl", width: 1);
        public static readonly Field Protocol = Field.Number("protocol", "ip.proto", names: static v => IpProtocols.NameOf((int)v), width: 1);
        public static readonly Field ChecksumOk = Field.Flag("checksum_ok");
        public static readonly Field Options = Field.Number("options", "ip.opt.type", width: 1);
        public static readonly Field Version = Field.Number(null, "ip.version", at: 0, size: 1, mask: 0xF0, about: "Version");
        public static readonly Field Flags = Field.Number(null, "ip.flags", at: 6, size: 1, mask: 0xE0, about: "Flags");
        public static readonly Field DsField = Field.Number(null, "ip.dsfield", at: 1, size: 1, about: "Differentiated services");
        public static readonly Field ReservedBit = Field.Flag(null, "ip.flags.rb", at: 6, size: 1, mask: 0x80, about: "Reserved bit");
        public static readonly Field Checksum = Field.Number(null, "ip.checksum", at: 10, size: 2, about: "Header checksum");
        public static readonly Field ChecksumStatus = Field.Number(null, "ip.checksum.status", about: "0 bad, 1 good", width: 1);
        public static readonly Field Address = Field.Either("ip.addr", Src, Dst);
        public static readonly Field Host = Field.Either("ip.host", Src, Dst);

        public static readonly Field[] All =
            [Src, Dst, Hlen, Dscp, Ecn, Length, Id, Df, Mf, Offset, Ttl, Protocol, ChecksumOk, Options, Version, Flags, DsField, ReservedBit, Checksum, ChecksumStatus, Address, Host];
    }

    private static bool DissectEitherVersion(in Dissection dissection, int offset, int end)
    {
        dissection.NextIp(offset, end);
        return true;
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (!Ipv4Header.TryRead(dissection.Bytes[offset..end], out Ipv4Header header))
        {
            dissection.TooShort(OsiLayer.Network, "IPv4 header", offset, Ipv4Header.MinSize, end);
            return true;
        }

        if (header.Version != 4)
        {
            // What stands before it says version 4; the packet itself knows better.
            DissectOtherVersion(dissection, header.Version, offset, end);
            return true;
        }

        if (header.HeaderLength < Ipv4Header.MinSize)
        {
            dissection.Malformed(OsiLayer.Network, "IPv4 header length", offset, header.HeaderLength);
            return true;
        }

        // A total length of 0 comes from segmentation left to the network card: the frame's own length holds.
        int total = header.TotalLength == 0 ? Math.Max(end, dissection.WireEnd) - offset : header.TotalLength;
        Dissection inside = dissection.Until(offset + total);
        if (header.HeaderLength > end - offset)
        {
            inside.Add(Value, offset, Ipv4Header.MinSize, end);
            inside.TooShort(OsiLayer.Network, "IPv4 options", offset, header.HeaderLength, end);
            return true;
        }

        if (total < header.HeaderLength)
        {
            dissection.Add(Value, offset, header.HeaderLength, offset + header.HeaderLength);
            dissection.Malformed(OsiLayer.Network, "IPv4 total length", offset + 2, total);
            return true;
        }

        int payloadEnd = Math.Min(end, offset + total);
        int next = offset + header.HeaderLength;
        if (!inside.Add(Value, offset, header.HeaderLength, payloadEnd))
        {
            return true;
        }

        if (header.FragmentOffset > 0 || header.MoreFragments)
        {
            DissectFragment(inside, header, next, payloadEnd);
        }
        else
        {
            IpPayload.Dissect(inside, header.Protocol, next, payloadEnd);
        }

        // Only now: what the payload itself says of the missing bytes is the better answer.
        if (offset + total > end)
        {
            inside.TooShort(OsiLayer.Network, "IPv4 total length", offset, total, end);
        }

        return true;
    }

    /// <summary>Takes apart what is not of the version that stands before it: IP of another version, or damaged.</summary>
    internal static void DissectOtherVersion(in Dissection dissection, int version, int offset, int end)
    {
        if (version is not (4 or 6) || !dissection.TryNext(NumberTable.IpVersion, version, offset, end))
        {
            dissection.Malformed(OsiLayer.Network, "IP version", offset, version);
            dissection.Data(OsiLayer.Network, offset, end);
        }
    }

    public static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        Ipv4Header.TryRead(bytes, out Ipv4Header header);
        if (sink.WantsHidden)
        {
            Value.DescribeHeader(view, index, sink);
        }

        sink.Ip(Fields.Src, header.Source, at + 12);
        sink.Ip(Fields.Dst, header.Destination, at + 16);
        sink.Number(Fields.Hlen, header.HeaderLength, at, 1);
        sink.Number(Fields.Dscp, header.Dscp, at + 1, 1);
        sink.Number(Fields.Ecn, header.Ecn, at + 1, 1);
        sink.Number(Fields.Length, header.TotalLength, at + 2, 2);
        sink.Number(Fields.Id, header.Identification, at + 4, 2);
        sink.Flag(Fields.Df, header.DontFragment, at + 6, 1);
        sink.Flag(Fields.Mf, header.MoreFragments, at + 6, 1);
        sink.Number(Fields.Offset, header.FragmentOffset, at + 6, 2);
        sink.Number(Fields.Ttl, header.TimeToLive, at + 8, 1);
        sink.Number(Fields.Protocol, header.Protocol, at + 9, 1);
        if (header.HeaderLength <= bytes.Length)
        {
            bool isRight = InternetChecksum.IsRight(bytes[..header.HeaderLength]);
            sink.Flag(Fields.ChecksumOk, isRight, at + 10, 2);
            if (sink.WantsHidden)
            {
                sink.Number(Fields.ChecksumStatus, isRight ? 1 : 0, at + 10, 2);
            }

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

        sink.Numbers(Fields.Options, kinds[..count], at, options.Length);
    }

    private static void DissectFragment(in Dissection dissection, in Ipv4Header header, int offset, int end)
    {
        bool isWhole = end - offset == dissection.WireEnd - offset;
        if (!dissection.IsQuoted && isWhole)
        {
            var key = new FragmentKey(
                Addresses.Read(header.Source), Addresses.Read(header.Destination), (uint)header.Identification, header.Protocol);
            byte[]? datagram = dissection.Recall(FragmentReassembly.Slot).Take(
                key, dissection.Bytes[offset..end], header.FragmentOffset, header.MoreFragments, header.Protocol, dissection.Result.Time, out int protocol);
            if (datagram is not null)
            {
                IpPayload.Dissect(dissection.Into(datagram), protocol, 0, datagram.Length);
                return;
            }
        }

        if (!isWhole && header.FragmentOffset == 0)
        {
            // The datagram will never be whole; what was captured of it begins here.
            IpPayload.Dissect(dissection, header.Protocol, offset, end);
            return;
        }

        dissection.Data(OsiLayer.Network, offset, end);
    }
}
