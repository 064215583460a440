using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Numbers;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network;

/// <summary>The extension headers of IPv6 (RFC 8200, 4).</summary>
internal static class Ipv6Extensions
{
    private const int MinSize = 8;

    // A header of options is at most 2 KiB; more kinds than these are an attack.
    private const int MaxKinds = 64;

    public static readonly Protocol HopByHop = new("ipv6_hopopts", OsiLayer.Network, "IPv6 hop-by-hop options", OptionFields.All, describe: DescribeOptions, filter: "ipv6.hopopts") { IsExtensionHeader = true };

    public static readonly Protocol DestinationOptions = new("ipv6_dstopts", OsiLayer.Network, "IPv6 destination options", OptionFields.All, describe: DescribeOptions, filter: "ipv6.dstopts") { IsExtensionHeader = true };

    public static readonly Protocol Routing = new("ipv6_routing", OsiLayer.Network, "IPv6 routing header", RoutingFields.All, filter: "ipv6.routing") { IsExtensionHeader = true };

    public static readonly Protocol Fragment = new("ipv6_frag", OsiLayer.Network, "IPv6 fragment header", FragmentFields.All, describe: DescribeFragment, filter: "ipv6.fraghdr") { IsExtensionHeader = true };

    /// <summary>The extension header of a number; null if the number is none of one.</summary>
    public static Protocol? Of(int protocol) => protocol switch
    {
        IpProtocols.HopByHop => HopByHop,
        IpProtocols.DestinationOptions => DestinationOptions,
        IpProtocols.Routing => Routing,
        IpProtocols.Fragment => Fragment,
        IpProtocols.Ah => AhProtocol.Value,
        _ => null,
    };

    // The kinds of the options (4.2), padding left out.
    private static void DescribeOptions(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index)[..view[index].HeaderLength];
        int at = view[index].Offset;
        if (bytes.Length < MinSize)
        {
            return;
        }

        sink.Number(OptionFields.Next, bytes[0], at, 1);
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

        sink.Numbers(OptionFields.Options, kinds[..count], at + 2, bytes.Length - 2);
    }

    private static void DescribeFragment(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (view[index].HeaderLength >= MinSize)
        {
            int field = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            sink.Number(FragmentFields.Offset, field & 0xFFF8, at + 2, 2);
            sink.Flag(FragmentFields.More, (field & 1) != 0, at + 2, 2);
            sink.Number(FragmentFields.Id, BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), at + 4, 4);
        }
    }

    private static class OptionFields
    {
        public static readonly Field Next = Field.Number("next", names: static v => IpProtocols.NameOf((int)v), about: "What follows");
        public static readonly Field Options = Field.Number("options", "ipv6.opt.type", about: "Kinds of the options", width: 1);

        public static readonly Field[] All = [Next, Options];
    }

    private static class FragmentFields
    {
        public static readonly Field Offset = Field.Number("offset", "ipv6.fraghdr.offset", about: "Where in the datagram, in bytes", width: 2);
        public static readonly Field More = Field.Flag("mf", "ipv6.fraghdr.more", about: "More fragments follow");
        public static readonly Field Id = Field.Number("id", "ipv6.fraghdr.ident", about: "Identification", width: 4);

        public static readonly Field[] All = [Offset, More, Id];
    }

    private static class RoutingFields
    {
        public static readonly Field[] All =
        [
            Field.Number("next", "ipv6.routing.nxt", at: 0, size: 1, names: static v => IpProtocols.NameOf((int)v), about: "What follows"),
            Field.Number(
                "routing_type", "ipv6.routing.type", at: 2, size: 1, about: "Type",
                names: static v => v switch { 0 => "source route (deprecated)", 2 => "mobility", 3 => "RPL", 4 => "segment routing", _ => null }),
            Field.Number("segments_left", "ipv6.routing.segleft", at: 3, size: 1, about: "Hops that are left"),
        ];
    }
}
