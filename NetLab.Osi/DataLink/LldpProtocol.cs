using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>The Link Layer Discovery Protocol (IEEE 802.1AB, 8): a device tells its neighbors what it is.</summary>
internal static class LldpProtocol
{
    private const int Chassis = 1;
    private const int Port = 2;
    private const int TimeToLive = 3;
    private const int PortDescription = 4;
    private const int SystemName = 5;
    private const int SystemDescription = 6;
    private const int Management = 8;
    private const int ByMac = 4;
    private const int PortByMac = 3;
    private const int PortByAddress = 4;
    private const int ByAddress = 5;

    public static readonly Protocol Value = new("lldp", OsiLayer.DataLink, "Link Layer Discovery Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Type = Field.Number(null, "lldp.tlv.type", about: "Type of an element", width: 2);
        public static readonly Field Length = Field.Number(null, "lldp.tlv.len", about: "Bytes of an element", width: 2);
        public static readonly Field ChassisKind = Field.Number("chassis_subtype", "lldp.chassis.subtype", about: "How the chassis is named", width: 1);
        public static readonly Field ChassisText = Field.Text("chassis", "lldp.chassis.id", about: "Chassis", summary: true);
        public static readonly Field ChassisMac = Field.Mac("chassis_mac", "lldp.chassis.id.mac", about: "Chassis by its hardware address");
        public static readonly Field ChassisIp = Field.Ipv4("chassis_ip", "lldp.chassis.id.ip4", about: "Chassis by its IPv4 address");
        public static readonly Field PortKind = Field.Number("port_subtype", "lldp.port.subtype", about: "How the port is named", width: 1);
        public static readonly Field PortText = Field.Text("port", "lldp.port.id", about: "Port", summary: true);
        public static readonly Field PortMac = Field.Mac("port_mac", "lldp.port.id.mac", about: "Port by its hardware address");
        public static readonly Field PortIp = Field.Ipv4("port_ip", "lldp.port.id.ip4", about: "Port by its IPv4 address");
        public static readonly Field Ttl = Field.Number("ttl", "lldp.time_to_live", about: "Seconds for which it holds", width: 2);
        public static readonly Field PortDescription = Field.Text("port_description", "lldp.port.desc", about: "Port, in words");
        public static readonly Field SystemName = Field.Text("system", "lldp.tlv.system.name", about: "Name of the device", summary: true);
        public static readonly Field SystemDescription = Field.Text("description", "lldp.tlv.system.desc", about: "Device, in words");
        public static readonly Field AddressLength = Field.Number(null, "lldp.mgn.address.len", about: "Bytes of a management address with its kind", width: 1);
        public static readonly Field AddressKind = Field.Number(null, "lldp.mgn.address.subtype", about: "Kind of a management address", width: 1);
        public static readonly Field Address4 = Field.Ipv4(null, "lldp.mgn.addr.ip4", about: "Management address");
        public static readonly Field Address6 = Field.Ipv6(null, "lldp.mgn.addr.ip6", about: "Management address");

        public static readonly Field[] All =
        [
            Type, Length, ChassisKind, ChassisText, ChassisMac, ChassisIp, PortKind, PortText, PortMac, PortIp, Ttl, PortDescription, SystemName, SystemDescription,
            AddressLength, AddressKind, Address4, Address6,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        // The last element has type and length 0; what stands behind it is padding.
        int at = offset;
        while (end - at >= 2)
        {
            int head = BinaryPrimitives.ReadUInt16BigEndian(dissection.Bytes[at..]);
            int next = at + 2 + (head & 0x1FF);
            if (next > end)
            {
                dissection.Add(Value, offset, end - offset, end);
                dissection.TooShort(OsiLayer.DataLink, "LLDP element", at, next - at, end);
                return true;
            }

            at = next;
            if (head == 0)
            {
                break;
            }
        }

        if (at == offset)
        {
            dissection.TooShort(OsiLayer.DataLink, "LLDP element", offset, 2, end);
        }
        else
        {
            dissection.Add(Value, offset, at - offset, at);
        }

        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int origin = view[index].Offset;
        Span<bool> told = stackalloc bool[16];
        for (int at = 0; bytes.Length - at >= 2;)
        {
            int head = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            (int type, int length) = (head >> 9, head & 0x1FF);
            ReadOnlySpan<byte> value = bytes.Slice(at + 2, Math.Min(length, bytes.Length - at - 2));
            if (sink.WantsHidden)
            {
                sink.Number(Fields.Type, type, origin + at, 2);
                sink.Number(Fields.Length, length, origin + at, 2);
            }

            // Each of those that JSON knows is there once; a second is told to filters and columns alone.
            if (sink.WantsHidden || type >= told.Length || !told[type])
            {
                DescribeElement(type, value, origin + at + 2, sink);
            }

            if (type < told.Length)
            {
                told[type] = true;
            }

            at += 2 + length;
        }
    }

    private static void DescribeElement(int type, ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        switch (type)
        {
            case Chassis when value.Length > 1:
                sink.Number(Fields.ChassisKind, value[0], at, 1);
                DescribeName(value, at, ByMac, ByAddress, Fields.ChassisMac, Fields.ChassisIp, Fields.ChassisText, sink);
                break;
            case Port when value.Length > 1:
                sink.Number(Fields.PortKind, value[0], at, 1);
                DescribeName(value, at, PortByMac, PortByAddress, Fields.PortMac, Fields.PortIp, Fields.PortText, sink);
                break;
            case TimeToLive when value.Length >= 2:
                sink.Number(Fields.Ttl, BinaryPrimitives.ReadUInt16BigEndian(value), at, 2);
                break;
            case PortDescription:
                sink.Text(Fields.PortDescription, value, at, value.Length);
                break;
            case SystemName:
                sink.Text(Fields.SystemName, value, at, value.Length);
                break;
            case SystemDescription:
                sink.Text(Fields.SystemDescription, value, at, value.Length);
                break;
            case Management when sink.WantsHidden && value.Length >= 2:
                DescribeManagement(value, at, sink);
                break;
            default:
                break;
        }
    }

    private static void DescribeName(ReadOnlySpan<byte> value, int at, int byMac, int byAddress, Field mac, Field ip, Field text, IFieldSink sink)
    {
        if (value[0] == byMac)
        {
            if (value.Length == 7)
            {
                sink.Mac(mac, value[1..], at + 1);
            }
        }
        else if (value[0] == byAddress)
        {
            // Behind the kind stands the family of the address: 1 is IPv4.
            if (value.Length == 6 && value[1] == 1)
            {
                sink.Ip(ip, value[2..], at + 2);
            }
        }
        else
        {
            sink.Text(text, value[1..], at + 1, value.Length - 1);
        }
    }

    private static void DescribeManagement(ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        sink.Number(Fields.AddressLength, value[0], at, 1);
        sink.Number(Fields.AddressKind, value[1], at + 1, 1);
        if (value[0] == 5 && value.Length >= 6 && value[1] == 1)
        {
            sink.Ip(Fields.Address4, value.Slice(2, 4), at + 2);
        }
        else if (value[0] == 17 && value.Length >= 18 && value[1] == 2)
        {
            sink.Ip(Fields.Address6, value.Slice(2, 16), at + 2);
        }
    }
}
