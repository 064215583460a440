using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>The application support layer of Zigbee (Zigbee specification, 2.2.5).</summary>
internal static class ZigbeeApplicationProtocol
{
    private const int MinSize = 2;
    private const int DataFrame = 0;
    private const int Acknowledgment = 2;
    private const int Extended = 0x80;
    private const int Group = 3;
    private const int Security = 0x20;

    // Zigbee specification, 2.3.2.5.2 (profile identifiers): the devices' own, those of the alliance, and those of manufacturers, all of which speak of clusters.
    private const int DeviceProfile = 0;
    private const int FirstPublic = 0x0100;
    private const int LastPublic = 0x01FF;
    private const int GreenPower = 0xA1E0;
    private const int FirstOfManufacturers = 0xC000;

    public static readonly Protocol Value = new("zbee_aps", OsiLayer.Transport, "Zigbee application support layer", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Control = Field.Number(null, "zbee_aps.fcf", at: 0, size: 1, about: "Frame control");
        public static readonly Field Type = Field.Number("type", "zbee_aps.type", at: 0, size: 1, mask: 0x03, about: "Frame", summary: true, names: static v => v switch { DataFrame => "data", 1 => "command", Acknowledgment => "acknowledgment", _ => null });
        public static readonly Field Delivery = Field.Number("delivery", "zbee_aps.delivery", at: 0, size: 1, mask: 0x0C, about: "To whom", names: static v => v switch { 0 => "one", 2 => "all", Group => "a group", _ => null });
        public static readonly Field DestinationEndpoint = Field.Number("dst", "zbee_aps.dst", about: "Destination endpoint", width: 1);
        public static readonly Field GroupAddress = Field.Number("group", "zbee_aps.group", about: "Group", width: 2);
        public static readonly Field Cluster = Field.Number("cluster", "zbee_aps.cluster", about: "Cluster", width: 2);
        public static readonly Field Profile = Field.Number("profile", "zbee_aps.profile", about: "Profile", width: 2);
        public static readonly Field SourceEndpoint = Field.Number("src", "zbee_aps.src", about: "Source endpoint", width: 1);
        public static readonly Field Counter = Field.Number("counter", "zbee_aps.counter", about: "Counter", width: 1);

        public static readonly Field[] All = [Control, Type, Delivery, DestinationEndpoint, GroupAddress, Cluster, Profile, SourceEndpoint, Counter];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < MinSize)
        {
            dissection.TooShort(OsiLayer.Transport, "Zigbee application support header", offset, MinSize, end);
            return true;
        }

        int control = dissection.Bytes[offset];
        int size = MinSize + AddressSize(control);
        if (size > end - offset)
        {
            dissection.Cut(Value, "Zigbee application support header", offset, size, end);
            return true;
        }

        size += (control & Extended) != 0 && offset + size < end && (dissection.Bytes[offset + size] & 3) != 0 ? 2 : (control & Extended) != 0 ? 1 : 0;
        if (dissection.Add(Value, offset, Math.Min(size, end - offset), end))
        {
            DissectCarried(dissection, offset, Math.Min(end, offset + size), end);
        }

        return true;
    }

    private static void DissectCarried(in Dissection dissection, int offset, int carried, int end)
    {
        int control = dissection.Bytes[offset];
        if ((control & 3) == DataFrame && (control & (Security | Extended)) == 0 && carried < end)
        {
            int cluster = offset + (((control >> 2) & 3) == Group ? 3 : 2);
            int profile = BinaryPrimitives.ReadUInt16LittleEndian(dissection.Bytes[(cluster + 2)..]);
            if (profile == DeviceProfile)
            {
                ZigbeeDeviceProtocol.Dissect(dissection, BinaryPrimitives.ReadUInt16LittleEndian(dissection.Bytes[cluster..]), carried, end);
                return;
            }

            if (profile is (>= FirstPublic and <= LastPublic) or GreenPower or >= FirstOfManufacturers)
            {
                ZigbeeClusterProtocol.Value.Dissect(dissection, carried, end);
                return;
            }
        }

        dissection.Data(OsiLayer.Application, carried, end);
    }

    // Endpoint or group, cluster, profile, endpoint; a command has none of them, and neither has an acknowledgment of one.
    private static int AddressSize(int control)
    {
        int type = control & 3;
        if (type != DataFrame && (type != Acknowledgment || (control & 0x10) != 0))
        {
            return 0;
        }

        return (((control >> 2) & 3) == Group ? 2 : 1) + 2 + 2 + 1;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        int addresses = bytes.IsEmpty ? 0 : AddressSize(bytes[0]);
        if (bytes.Length < MinSize + addresses)
        {
            return;
        }

        int next = 1;
        if (addresses > 0)
        {
            bool isGroup = ((bytes[0] >> 2) & 3) == Group;
            sink.Number(isGroup ? Fields.GroupAddress : Fields.DestinationEndpoint, isGroup ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]) : bytes[1], at + 1, isGroup ? 2 : 1);
            next = isGroup ? 3 : 2;
            sink.Number(Fields.Cluster, BinaryPrimitives.ReadUInt16LittleEndian(bytes[next..]), at + next, 2);
            sink.Number(Fields.Profile, BinaryPrimitives.ReadUInt16LittleEndian(bytes[(next + 2)..]), at + next + 2, 2);
            sink.Number(Fields.SourceEndpoint, bytes[next + 4], at + next + 4, 1);
            next += 5;
        }

        sink.Number(Fields.Counter, bytes[next], at + next, 1);
    }
}
