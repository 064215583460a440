using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.DataLink;

/// <summary>Cisco's Dynamic Trunking Protocol: two switches agree whether a link carries VLAN tags.</summary>
internal static class DtpProtocol
{
    private const int Size = 1;
    private const int DomainElement = 1;
    private const int StatusElement = 2;
    private const int TypeElement = 3;
    private const int SenderElement = 4;

    public static readonly Protocol Value = new("dtp", OsiLayer.DataLink, "Dynamic Trunking Protocol", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field Version = Field.Number("version", "dtp.version", at: 0, size: 1, about: "Version");
        public static readonly Field Type = Field.Number(null, "dtp.tlv_type", about: "Type of an element", width: 2);
        public static readonly Field Length = Field.Number(null, "dtp.tlv_len", about: "Bytes of an element", width: 2);
        public static readonly Field Domain = Field.Text("domain", "dtp.domain", about: "VTP domain");
        public static readonly Field Status = Field.Number("operating_status", "dtp.tos", about: "Whether the link is a trunk now", summary: true, names: static v => v == 0 ? "access" : "trunk", width: 1);
        public static readonly Field AdministrativeStatus = Field.Number("status", "dtp.tas", about: "What the configuration wants", names: static v => v switch { 1 => "on", 2 => "off", 3 => "desirable", 4 => "auto", _ => null }, width: 1);
        public static readonly Field TagType = Field.Number("operating_type", "dtp.tot", about: "How tags are written now", names: static v => TagName(v), width: 1);
        public static readonly Field AdministrativeType = Field.Number("type", "dtp.tat", about: "How the configuration wants tags", names: static v => TagName(v), width: 1);
        public static readonly Field Sender = Field.Mac("sender", "dtp.senderid", about: "Address of the sender");

        public static readonly Field[] All = [Version, Type, Length, Domain, Status, AdministrativeStatus, TagType, AdministrativeType, Sender];

        private static string? TagName(long type) => type switch { 0 => "negotiated", 1 => "native", 2 => "ISL", 5 => "802.1Q", _ => null };
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
        while (elements.MoveNext() && elements.Type != 0)
        {
            if (sink.WantsHidden)
            {
                sink.Number(Fields.Type, elements.Type, at + elements.Offset, 2);
                sink.Number(Fields.Length, elements.Length, at + elements.Offset + 2, 2);
            }

            int bit = elements.Type <= SenderElement ? 1 << elements.Type : 0;
            if (bit != 0 && (sink.WantsHidden || (told & bit) == 0))
            {
                told |= bit;
                DescribeElement(elements.Type, elements.Value, at + elements.ValueOffset, sink);
            }
        }
    }

    private static void DescribeElement(int type, ReadOnlySpan<byte> value, int at, IFieldSink sink)
    {
        switch (type)
        {
            case DomainElement:
                sink.Text(Fields.Domain, value.TrimEnd((byte)0), at, value.Length);
                break;
            case StatusElement when value.Length >= 1:
                sink.Number(Fields.Status, value[0] >> 7, at, 1);
                sink.Number(Fields.AdministrativeStatus, value[0] & 7, at, 1);
                break;
            case TypeElement when value.Length >= 1:
                sink.Number(Fields.TagType, value[0] >> 5, at, 1);
                sink.Number(Fields.AdministrativeType, value[0] & 7, at, 1);
                break;
            case SenderElement when value.Length >= 6:
                sink.Mac(Fields.Sender, value[..6], at);
                break;
            default:
                break;
        }
    }
}
