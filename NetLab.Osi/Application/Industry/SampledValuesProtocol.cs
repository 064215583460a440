using NetLab.Osi.Model;
using NetLab.Osi.Presentation;
using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Industry;

/// <summary>Sampled values (IEC 61850-9-2, section 8).</summary>
internal static class SampledValuesProtocol
{
    private const int HeaderSize = 8;
    private const int Pdu = 0x60;

    public static readonly Protocol Value = new("sv", OsiLayer.Application, "IEC 61850 sampled values", Fields.All, Dissect, Describe);

    private static class Fields
    {
        public static readonly Field AppId = Field.Number("app_id", "sv.appid", at: 0, size: 2, about: "Application");
        public static readonly Field Length = Field.Number("length", "sv.length", at: 2, size: 2, about: "Bytes with this header");
        public static readonly Field Reserved1 = Field.Number(null, "sv.reserve1", at: 4, size: 2, about: "Reserved 1");
        public static readonly Field Reserved2 = Field.Number(null, "sv.reserve2", at: 6, size: 2, about: "Reserved 2");
        public static readonly Field Count = Field.Number("count", "sv.noASDU", about: "Units", width: 4);
        public static readonly Field Units = Field.Group("units", "Units");
        public static readonly Field Id = Field.Text("id", "sv.svID", about: "Name", summary: true);
        public static readonly Field DataSet = Field.Text("data_set", "sv.datSet", about: "Data set");
        public static readonly Field Sample = Field.Number("sample", "sv.smpCnt", about: "Sample", summary: true, width: 4);
        public static readonly Field Revision = Field.Number("revision", "sv.confRef", about: "Revision of the configuration");
        public static readonly Field Synchronized = Field.Number("synchronized", "sv.smpSynch", about: "How the clock is synchronized", width: 4);

        public static readonly Field[] All = [AppId, Length, Reserved1, Reserved2, Count, Units, Id, DataSet, Sample, Revision, Synchronized];
    }

    private static bool Dissect(in Dissection dissection, int offset, int end)
    {
        if (end - offset < HeaderSize)
        {
            dissection.Cut(Value, "sampled values header", offset, HeaderSize, end);
            return true;
        }

        int length = (dissection.Bytes[offset + 2] << 8) | dissection.Bytes[offset + 3];
        dissection.Add(Value, offset, Math.Min(end - offset, Math.Max(length, HeaderSize)), end);
        return true;
    }

    private static void Describe(in PacketView view, int index, IFieldSink sink)
    {
        Value.DescribeHeader(view, index, sink);
        ReadOnlySpan<byte> bytes = view.BytesOf(index);
        if (bytes.Length < HeaderSize)
        {
            return;
        }

        var outer = new BerReader(bytes[HeaderSize..], view[index].Offset + HeaderSize);
        if (!outer.Next(Pdu))
        {
            return;
        }

        BerReader pdu = outer.Inside;
        while (pdu.Next())
        {
            if (pdu.Tag == 0xA2)
            {
                DescribeUnits(pdu.Inside, sink);
            }
            else
            {
                pdu.Report(sink, pdu.Tag == 0x80 ? Fields.Count : null);
            }
        }
    }

    private static void DescribeUnits(BerReader units, IFieldSink sink)
    {
        sink.BeginList(Fields.Units);
        while (units.Next(BerReader.Sequence))
        {
            sink.BeginItem();
            BerReader unit = units.Inside;
            while (unit.Next())
            {
                unit.Report(sink, unit.Tag switch
                {
                    0x80 => Fields.Id,
                    0x81 => Fields.DataSet,
                    0x82 => Fields.Sample,
                    0x83 => Fields.Revision,
                    0x85 => Fields.Synchronized,
                    _ => null,
                });
            }

            sink.EndItem();
        }

        sink.EndList();
    }
}
