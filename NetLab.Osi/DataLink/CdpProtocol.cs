using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>The Cisco Discovery Protocol: a device tells its neighbors what it is.</summary>
internal static class CdpProtocol
{
    private const int Size = 4;
    private const int DeviceId = 1;
    private const int Addresses = 2;
    private const int PortId = 3;
    private const int Software = 5;
    private const int Platform = 6;
    private const int NativeVlan = 10;
    private const int ManagementAddresses = 22;

    public static readonly Protocol Value = new("cdp", OsiLayer.DataLink, "Cisco Discovery Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "cdp.version", at: 0, size: 1, about: "Version");
        public static readonly Field Ttl = Field.Number("ttl", "cdp.ttl", at: 1, size: 1, about: "Seconds for which it holds");
        public static readonly Field Type = Field.Number(null, "cdp.tlv.type", about: "Type of an element", width: 2);
        public static readonly Field Length = Field.Number(null, "cdp.tlv.len", about: "Bytes of an element", width: 2);
        public static readonly Field Device = Field.Text("device", "cdp.deviceid", about: "Device", summary: true);
        public static readonly Field Port = Field.Text("port", "cdp.portid", about: "Port", summary: true);
        public static readonly Field Software = Field.Text("software", "cdp.software_version", about: "Software");
        public static readonly Field Platform = Field.Text("platform", "cdp.platform", about: "Platform");
        public static readonly Field Vlan = Field.Number("native_vlan", "cdp.native_vlan", about: "VLAN of untagged frames", width: 2);
        public static readonly Field AddressCount = Field.Number(null, "cdp.number_of_addresses", about: "How many addresses", width: 4);
        public static readonly Field ProtocolType = Field.Number(null, "cdp.protocol_type", about: "Kind of an address's protocol", width: 1);

        public static readonly Field[] All = [Version, Ttl, Type, Length, Device, Port, Software, Platform, Vlan, AddressCount, ProtocolType];
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
        Span<bool> told = stackalloc bool[32];
        var elements = new TypeLengthValues(bytes, Size, 2, 2, countsHeader: true);
        while (elements.MoveNext())
        {
            if (sink.WantsHidden)
            {
                sink.Number(Fields.Type, elements.Type, at + elements.Offset, 2);
                sink.Number(Fields.Length, elements.Length, at + elements.Offset + 2, 2);
            }

            if (elements.Type < told.Length)
            {
                if (sink.WantsHidden || !told[elements.Type])
                {
                    DescribeElement(elements.Type, elements.Value, at + elements.ValueOffset, sink);
                }

                told[elements.Type] = true;
            }
        }
    }

    private static void DescribeElement(int type, ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        switch (type)
        {
            case DeviceId:
                sink.Text(Fields.Device, value, at, value.Length);
                break;
            case PortId:
                sink.Text(Fields.Port, value, at, value.Length);
                break;
            case Software when sink.WantsHidden:
                DescribeLines(value, at, sink);
                break;
            case Software:
                sink.Text(Fields.Software, value, at, value.Length);
                break;
            case Platform:
                sink.Text(Fields.Platform, value, at, value.Length);
                break;
            case NativeVlan when value.Length >= 2:
                sink.Number(Fields.Vlan, BinaryPrimitives.ReadUInt16BigEndian(value), at, 2);
                break;
            case Addresses or ManagementAddresses when sink.WantsHidden && value.Length >= 4:
                DescribeAddresses(value, at, sink);
                break;
            default:
                break;
        }
    }

    // Filters and columns have the text line by line.
    private static void DescribeLines(ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        while (!value.IsEmpty)
        {
            int end = value.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? value : value[..end];
            sink.Text(Fields.Software, line, at, line.Length);
            int step = end < 0 ? value.Length : end + 1;
            value = value[step..];
            at += step;
        }
    }

    // How many; of each: kind and length of its protocol, the protocol, the length of the address, the address.
    private static void DescribeAddresses(ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        uint count = BinaryPrimitives.ReadUInt32BigEndian(value);
        sink.Number(Fields.AddressCount, count, at, 4);
        int next = 4;
        for (; count > 0 && next + 2 <= value.Length; count--)
        {
            sink.Number(Fields.ProtocolType, value[next], at + next, 1);
            next += 2 + value[next + 1];
            if (next + 2 > value.Length)
            {
                return;
            }

            next += 2 + BinaryPrimitives.ReadUInt16BigEndian(value[next..]);
        }
    }
}
