using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Cisco's Unidirectional Link Detection (RFC 5171).</summary>
internal static class UdldProtocol
{
    private const int Size = 4;
    private const int Device = 1;
    private const int Port = 2;
    private const int DeviceName = 6;

    public static readonly Protocol Value = new("udld", OsiLayer.DataLink, "Unidirectional Link Detection", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "udld.version", at: 0, size: 1, mask: 0xE0, about: "Version");
        public static readonly Field Opcode = Field.Number("opcode", "udld.opcode", at: 0, size: 1, mask: 0x1F, about: "Message", summary: true, names: static v => v switch
        {
            1 => "probe",
            2 => "echo",
            3 => "flush",
            _ => null,
        });
        public static readonly Field Type = Field.Number(null, "udld.tlv.type", about: "Type of an element", width: 2);
        public static readonly Field Length = Field.Number(null, "udld.tlv.len", about: "Bytes of an element", width: 2);
        public static readonly Field DeviceId = Field.Text("device", "udld.device_id", about: "Device", summary: true);
        public static readonly Field PortId = Field.Text("port", "udld.sent_through_interface", about: "Port", summary: true);
        public static readonly Field Name = Field.Text("name", about: "Name of the device");

        public static readonly Field[] All = [Version, Opcode, Type, Length, DeviceId, PortId, Name];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.AddMessage(Value, offset, Size, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        int at = view[index].Offset;
        int told = 0;
        var elements = new TypeLengthValues(view.BytesOf(index), Size, 2, 2, countsHeader: true);
        while (elements.MoveNext())
        {
            if (sink.WantsHidden)
            {
                sink.Number(Fields.Type, elements.Type, at + elements.Offset, 2);
                sink.Number(Fields.Length, elements.Length, at + elements.Offset + 2, 2);
            }

            Field? field = elements.Type switch { Device => Fields.DeviceId, Port => Fields.PortId, DeviceName => Fields.Name, _ => null };
            if (field is not null && (sink.WantsHidden || (told & (1 << elements.Type)) == 0))
            {
                told |= 1 << elements.Type;
                sink.Text(field, elements.Value, at + elements.ValueOffset, elements.Value.Length);
            }
        }
    }
}
