using NetLab.Osi.Model;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>An application service data unit of IEC 60870-5-101 and -104 (5-101, 7.1): what kind, why, of whom, of which objects.</summary>
internal static class Iec60870Asdu
{
    public static readonly Protocol Value = new("iec60870_asdu", OsiLayer.Application, "IEC 60870-5 ASDU", Fields.All, Dissect, Describe);

    private const int AddressSize = 3;

    // Bytes of an object behind its address, by type (5-101, 7.3); -1 for types that have none or another shape.
    private static ReadOnlySpan<sbyte> ObjectSizes =>
    [
        -1, 1, 4, 1, 4, 2, 5, 5, 8, 3, 6, 3, 6, 5, 8, 5, 8, 6, 7, 7, 5, 3, -1, -1, -1, -1, -1, -1, -1, -1, 8, 8,
        9, 12, 10, 10, 12, 12, 10, 11, 11, -1, -1, -1, -1, 1, 1, 1, 3, 3, 5, 4, -1, -1, -1, -1, -1, -1, 8, 8, 8, 10, 10, 12,
        11, -1, -1, -1, -1, -1, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
        -1, -1, -1, -1, 1, 1, 0, 7, 2, 1, 2, 9, -1, -1, 3, 3, 5, 1, -1, -1, -1, -1, -1, -1, 6, 7, 4, 5, 4, -1, 13, -1,
    ];

    private static class Fields
    {
        public static readonly Field Type = Field.Number("type", "iec60870_asdu.typeid", about: "Type", summary: true, width: 1);
        public static readonly Field Sequence = Field.Flag("sequence", "iec60870_asdu.sq", mask: 0x80, about: "One address for all objects");
        public static readonly Field Count = Field.Number("objects", "iec60870_asdu.numix", mask: 0x7F, about: "Objects", width: 1);
        public static readonly Field Cause = Field.Number("cause", "iec60870_asdu.causetx", mask: 0x3F, about: "Cause of transmission", summary: true, names: static v => (int)v switch
        {
            1 => "periodic",
            2 => "background",
            3 => "spontaneous",
            4 => "initialized",
            5 => "request",
            6 => "activation",
            7 => "activation confirmation",
            8 => "deactivation",
            9 => "deactivation confirmation",
            10 => "activation termination",
            20 => "interrogated",
            44 => "unknown type",
            45 => "unknown cause",
            46 => "unknown ASDU address",
            47 => "unknown object address",
            _ => null,
        }, width: 1);
        public static readonly Field Negative = Field.Flag("negative", "iec60870_asdu.nega", mask: 0x40, about: "Negative confirmation");
        public static readonly Field Test = Field.Flag("test", "iec60870_asdu.test", mask: 0x80, about: "Test");
        public static readonly Field Originator = Field.Number("originator", "iec60870_asdu.oa", about: "Originator address", width: 1);
        public static readonly Field Address = Field.Number("address", "iec60870_asdu.addr", about: "Common address", width: 2);
        public static readonly Field Object = Field.Number("object", "iec60870_asdu.ioa", about: "Object's address", summary: true, width: 3);

        public static readonly Field[] All = [Type, Sequence, Count, Cause, Negative, Test, Originator, Address, Object];
    }

    public static bool Dissect(in Dissection dissection, int offset, int end)
    {
        dissection.Add(Value, offset, end - offset, end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        var reader = new ByteReader(view.BytesOf(index), view[index].Offset, littleEndian: true);
        int type = (int)reader.Report(sink, Fields.Type, 1);
        reader.ReportHere(sink, Fields.Sequence, 1);
        int count = (int)reader.Report(sink, Fields.Count, 1);
        bool isSequence = (count & 0x80) != 0;
        count &= 0x7F;
        reader.ReportHere(sink, Fields.Cause, 1);
        reader.ReportHere(sink, Fields.Negative, 1);
        reader.Report(sink, Fields.Test, 1);
        reader.Report(sink, Fields.Originator, 1);
        reader.Report(sink, Fields.Address, 2);
        int size = type < ObjectSizes.Length ? ObjectSizes[type] : -1;
        for (int i = 0; i < (isSequence ? 1 : count) && reader.Left > 0; i++)
        {
            reader.Report(sink, Fields.Object, AddressSize);
            if (size < 0)
            {
                break;
            }

            reader.Skip(size);
        }
    }
}
