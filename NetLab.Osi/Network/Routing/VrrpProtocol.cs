using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>The Virtual Router Redundancy Protocol, version 2 (RFC 3768, 5) and 3 (RFC 9568, 5).</summary>
internal static class VrrpProtocol
{
    private const int Size = 8;

    public static readonly Protocol Value = new("vrrp", OsiLayer.Network, "Virtual Router Redundancy Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Authentication = Field.Number("authentication", "vrrp.auth_type", about: "Version 2: kind of authentication", width: 1);
        public static readonly Field Interval = Field.Number("interval", "vrrp.adver_int", about: "Version 2: seconds between messages", width: 1);
        public static readonly Field ShortInterval = Field.Number("interval_cs", "vrrp.short_adver_int", about: "Version 3: hundredths of a second between messages", width: 2);
        public static readonly Field Addresses = Field.Group("addresses", "Addresses of the virtual router");
        public static readonly Field Address4 = Field.Ipv4("ip", "vrrp.ip_addr", about: "Address of the virtual router");
        public static readonly Field Address6 = Field.Ipv6("ip", "vrrp.ipv6_addr", about: "Address of the virtual router");

        public static readonly Field[] All =
        [
            Field.Number(null, "vrrp.typever", at: 0, size: 1, about: "Version and type"),
            Field.Number("version", "vrrp.version", at: 0, size: 1, mask: 0xF0, about: "Version"),
            Field.Number("type", "vrrp.type", at: 0, size: 1, mask: 0x0F, about: "Message", names: static v => v == 1 ? "advertisement" : null),
            Field.Number("router", "vrrp.virt_rtr_id", at: 1, size: 1, about: "Virtual router", summary: true),
            Field.Number("priority", "vrrp.prio", at: 2, size: 1, about: "Priority of the sender", summary: true),
            Field.Number("count", "vrrp.addr_count", at: 3, size: 1, about: "How many addresses"),
            Authentication, Interval, ShortInterval, Addresses, Address4, Address6,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.AddMessage(Value, offset, Size, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes[0] >> 4 == 3)
        {
            sink.Number(Fields.ShortInterval, ((bytes[4] & 15) << 8) | bytes[5], at + 4, 2);
        }
        else
        {
            sink.Number(Fields.Authentication, bytes[4], at + 4, 1);
            sink.Number(Fields.Interval, bytes[5], at + 5, 1);
        }

        int carrier = view.Decoded.CarrierOf(index);
        bool isV6 = carrier >= 0 && view[carrier].Protocol == Ipv6Protocol.Value;
        int size = isV6 ? 16 : 4;
        sink.BeginList(Fields.Addresses);
        for (int i = 0; i < bytes[3] && Size + ((i + 1) * size) <= bytes.Length; i++)
        {
            sink.BeginItem();
            sink.Ip(isV6 ? Fields.Address6 : Fields.Address4, bytes.Slice(Size + (i * size), size), at + Size + (i * size));
            sink.EndItem();
        }

        sink.EndList();
    }
}
