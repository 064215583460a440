using System.Buffers.Binary;
using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>The Spanning Tree Protocols (IEEE 802.1D-2004, 9.3; 802.1Q, 14): STP, RSTP, MSTP, and Cisco's of each VLAN.</summary>
internal static class StpProtocol
{
    private const int NoticeSize = 4;
    private const int ConfigurationSize = 35;
    private const int ChangeNotice = 0x80;

    // Behind RSTP's length of version 1 and MSTP's own: format, name, revision, digest.
    private const int NameAt = 39;
    private const int NameSize = 32;
    private const int MstSize = NameAt + NameSize + 2 + 16;

    public static readonly Protocol Value = new("stp", OsiLayer.DataLink, "Spanning Tree Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field RootPriority = Field.Number("root_priority", "stp.root.prio", about: "Priority of the root", width: 2);
        public static readonly Field BridgePriority = Field.Number("bridge_priority", "stp.bridge.prio", about: "Priority of the bridge", width: 2);
        public static readonly Field Age = Field.Of(FieldKind.Real, "message_age", "stp.msg_age", "Seconds since the root sent it");
        public static readonly Field MaxAge = Field.Of(FieldKind.Real, "max_age", "stp.max_age", "Seconds after which it is forgotten");
        public static readonly Field Hello = Field.Of(FieldKind.Real, "hello", "stp.hello", "Seconds between messages");
        public static readonly Field ForwardDelay = Field.Of(FieldKind.Real, "forward_delay", "stp.forward", "Seconds before a port forwards");
        public static readonly Field RegionName = Field.Text("region", "mstp.config_name", about: "Name of the region");
        public static readonly Field Revision = Field.Number("revision", "mstp.config_revision_level", about: "Revision of the region's configuration", width: 2);

        public static readonly Field[] All =
        [
            Field.Number("protocol", "stp.protocol", at: 0, size: 2, about: "0 for spanning trees"),
            Field.Number("version", "stp.version", at: 2, size: 1, about: "Protocol version", names: static v => v switch { 0 => "STP", 2 => "RSTP", 3 => "MSTP", 4 => "SPT", _ => null }),
            Field.Number("type", "stp.type", at: 3, size: 1, about: "Message", summary: true, names: static v => v switch { 0 => "configuration", 2 => "rapid configuration", ChangeNotice => "topology change", _ => null }),
            Field.Number("flags", "stp.flags", at: 4, size: 1, about: "Flags"),
            Field.Flag(null, "stp.flags.tcack", at: 4, size: 1, mask: 0x80, about: "Topology change acknowledged"),
            Field.Flag(null, "stp.flags.tc", at: 4, size: 1, mask: 0x01, about: "Topology change"),
            RootPriority,
            Field.Number(null, "stp.root.ext", at: 5, size: 2, mask: 0x0FFF, about: "System identifier extension of the root"),
            Field.Mac("root", "stp.root.hw", at: 7, about: "Address of the root"),
            Field.Number("cost", "stp.root.cost", at: 13, size: 4, about: "Cost of the path to the root"),
            BridgePriority,
            Field.Number(null, "stp.bridge.ext", at: 17, size: 2, mask: 0x0FFF, about: "System identifier extension of the bridge"),
            Field.Mac("bridge", "stp.bridge.hw", at: 19, about: "Address of the bridge"),
            Field.Number("port", "stp.port", at: 25, size: 2, about: "Port"),
            Age, MaxAge, Hello, ForwardDelay, RegionName, Revision,
        ];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        bool isNotice = end - offset < NoticeSize || dissection.Bytes[offset + 3] == ChangeNotice;
        dissection.AddMessage(Value, offset, isNotice ? NoticeSize : ConfigurationSize, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        int at = view[index].Offset;
        bool isNotice = bytes[3] == ChangeNotice;
        FieldReader.Report(Value.HeaderFields, isNotice ? bytes[..NoticeSize] : bytes, at, sink);
        if (isNotice)
        {
            return;
        }

        // IEEE 802.1D-2004, 9.2.5: the upper four bits are the priority, in steps of 4096.
        sink.Number(Fields.RootPriority, BinaryPrimitives.ReadUInt16BigEndian(bytes[5..]) & 0xF000, at + 5, 2);
        sink.Number(Fields.BridgePriority, BinaryPrimitives.ReadUInt16BigEndian(bytes[17..]) & 0xF000, at + 17, 2);
        ReportSeconds(Fields.Age, bytes, 27, at, sink);
        ReportSeconds(Fields.MaxAge, bytes, 29, at, sink);
        ReportSeconds(Fields.Hello, bytes, 31, at, sink);
        ReportSeconds(Fields.ForwardDelay, bytes, 33, at, sink);
        if (bytes[2] >= 3 && bytes.Length >= MstSize)
        {
            sink.Text(Fields.RegionName, bytes.Slice(NameAt, NameSize).TrimEnd((byte)0), at + NameAt, NameSize);
            sink.Number(Fields.Revision, BinaryPrimitives.ReadUInt16BigEndian(bytes[(NameAt + NameSize)..]), at + NameAt + NameSize, 2);
        }
    }

    // IEEE 802.1D-2004, 9.2.8: times count 256ths of a second.
    private static void ReportSeconds(Field field, ReadOnlySpan<byte> bytes, int place, int at, IFieldSink sink) =>
        sink.Real(field, BinaryPrimitives.ReadUInt16BigEndian(bytes[place..]) / 256.0, at + place, 2);
}
