using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Network.Routing;

/// <summary>Cisco's Hot Standby Router Protocol: version 1 (RFC 2281, 5), and version 2, a list of elements.</summary>
internal static class HsrpProtocol
{
    private const int Size = 20;
    private const int GroupState = 1;
    private const int GroupStateSize = 40;

    public static readonly Protocol Value = new("hsrp", OsiLayer.Network, "Hot Standby Router Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field[] First =
        [
            Field.Number("version", "hsrp.version", at: 0, size: 1, about: "Version"),
            Field.Number("opcode", "hsrp.opcode", at: 1, size: 1, about: "Message", names: static v => OpcodeName(v), summary: true),
            Field.Number("state", "hsrp.state", at: 2, size: 1, about: "State of the sender", names: static v => v switch { 0 => "initial", 1 => "learn", 2 => "listen", 4 => "speak", 8 => "standby", 16 => "active", _ => null }),
            Field.Number("hello_time", "hsrp.hellotime", at: 3, size: 1, about: "Seconds between hellos"),
            Field.Number("hold_time", "hsrp.holdtime", at: 4, size: 1, about: "Seconds for which it holds"),
            Field.Number("priority", "hsrp.priority", at: 5, size: 1, about: "Priority of the sender"),
            Field.Number("group", "hsrp.group", at: 6, size: 1, about: "Group", summary: true),
            Field.Ipv4("virtual_ip", "hsrp.virt_ip", at: 16, about: "Address of the virtual router"),
        ];

        // Places count in an element of version 2, type and length included.
        public static readonly Field[] Second =
        [
            Field.Number(null, "hsrp2.group_state_tlv", at: 0, size: 1, about: "Type of the element"),
            Field.Number("version", "hsrp2.version", at: 2, size: 1, about: "Version"),
            Field.Number("opcode", "hsrp2.opcode", at: 3, size: 1, about: "Message", names: static v => OpcodeName(v), summary: true),
            Field.Number("state", "hsrp2.state", at: 4, size: 1, about: "State of the sender", names: static v => v switch { 1 => "initial", 2 => "learn", 3 => "listen", 4 => "speak", 5 => "standby", 6 => "active", _ => null }),
            Field.Number("ip_version", "hsrp2.ipversion", at: 5, size: 1, about: "Version of IP"),
            Field.Number("group", "hsrp2.group", at: 6, size: 2, about: "Group", summary: true),
            Field.Mac("sender", "hsrp2.identifier", at: 8, about: "Address of the sender"),
            Field.Number("priority", "hsrp2.priority", at: 14, size: 4, about: "Priority of the sender"),
            Field.Number("hello_time", "hsrp2.hellotime", at: 18, size: 4, about: "Milliseconds between hellos"),
            Field.Number("hold_time", "hsrp2.holdtime", at: 22, size: 4, about: "Milliseconds for which it holds"),
        ];
        public static readonly Field VirtualIp4 = Field.Ipv4("virtual_ip", "hsrp2.virt_ip", about: "Address of the virtual router");
        public static readonly Field VirtualIp6 = Field.Ipv6("virtual_ip6", "hsrp2.virt_ip_v6", about: "Address of the virtual router");

        public static readonly Field[] All = [.. First, .. Second, VirtualIp4, VirtualIp6];

        private static string? OpcodeName(long opcode) => opcode switch { 0 => "hello", 1 => "coup", 2 => "resign", 3 => "advertisement", _ => null };
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // Version 2 begins with the type of an element, which is never 0.
        bool isSecond = end > offset && dissection.Bytes[offset] != 0;
        dissection.AddMessage(Value, offset, isSecond ? 2 : Size, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        if (bytes[0] == 0)
        {
            FieldReader.Report(bytes[1] == 3 ? Fields.First.AsSpan(0, 2) : Fields.First, bytes, at, sink);
            return;
        }

        bool isTold = false;
        var elements = new TypeLengthValues(bytes, 0, 1, 1, countsHeader: false);
        while (elements.MoveNext())
        {
            if (elements.Type != GroupState || elements.Value.Length < GroupStateSize || (isTold && !sink.WantsHidden))
            {
                continue;
            }

            isTold = true;
            ReadOnlySpan<byte> element = bytes.Slice(elements.Offset, 2 + GroupStateSize);
            FieldReader.Report(Fields.Second, element, at + elements.Offset, sink);
            bool isV6 = element[5] == 6;
            sink.Ip(isV6 ? Fields.VirtualIp6 : Fields.VirtualIp4, element.Slice(26, isV6 ? 16 : 4), at + elements.Offset + 26);
        }
    }
}
